"""What the insights role and its readers need of the world; each with a twin in memory in `adapters`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from orderflow.domain.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """How a partition came to its owner: of two that both think they own it, the one with the later tenure does.

    `generation` is the consumer group's, which rises with every rebalance; `started` is when the process began (ms).
    """

    generation: int
    started: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A partition's encoded share, and the encoded counts of clients; `whole` if that is every client it has."""

    partition: int
    tenure: Tenure
    share: bytes
    clients: Mapping[str, bytes] = field(default_factory=dict)
    whole: bool = False


class Reception(Enum):
    """What became of a publication."""

    TAKEN = auto()
    OVERRULED = auto()
    """Somebody with a later tenure has published: nothing was changed."""
    UNKNOWN = auto()
    """The board knows nothing of this tenure, so it needs the whole: nothing was changed."""


class StatisticsBoard(Protocol):
    """Where owners publish and facades read. Raises CacheUnavailableError. What is not renewed is gone after 10 s."""

    async def publish(self, publication: Publication) -> Reception: ...

    async def shares(self, partitions: int) -> Mapping[int, bytes]:
        """Partition -> share, of those that somebody owns."""

    async def client(self, client_id: str, partitions: int) -> Mapping[int, tuple[bytes, bytes | None]]:
        """Partition -> its share and that client's counts; None where the client has no orders."""


class Changelog(Protocol):
    """Where standings are written before they count. Any exception means: try again."""

    async def append(self, standings: Mapping[int, Mapping[str, Standing]]) -> Mapping[int, range]:
        """Partition -> the offsets that its records have, once they are delivered."""
