"""A run: its servers, its rounds, what it has measured so far; and the steps that it consists of."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.ground import Ground, ground
from benchmarks.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """`scale` makes everything smaller for a try; `whole` runs measure more than a part on its own does."""

    servers: Mapping[str, str]
    home: Path
    name: str
    rounds: int
    scale: float = 1.0
    whole: bool = True
    long: bool = False
    results: Results = field(default_factory=Results)
    _grounds: Iterator[int] = field(default_factory=count)

    def ground(self) -> AbstractAsyncContextManager[Ground]:
        """A place of its own."""
        return ground(self.servers, f"{self.name}-{next(self._grounds)}")

    def many(self, number: int) -> int:
        """So many, at this run's scale; a multiple of four."""
        return max(4, int(number * self.scale) // 4 * 4)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done, and how long it takes on an idle machine."""

    what: str
    seconds: float
    do: Callable[[], Awaitable[None]]


Opened = AbstractAsyncContextManager[list[Step]]
"""The steps of a part; what they need is there until it is left."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a run, known to ONLY by its name. Seconds are for three rounds."""

    name: str
    open: Callable[[Bench], Opened]
    seconds: float
    long_seconds: float = 0.0
