"""What a load generator is told to do, and what it tells: both go over its standard streams as JSON."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Which request is sent."""

    CREATE = "create"
    CHANGE = "change"
    READ = "read"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Job:
    """Requests over `connections`, each sending the next when the last is answered, for `seconds`.

    Changes lead each order of `ids` through `ladder`; reads take one id after another and stop after the last unless
    they `repeat`; lists ask for one of `clients` after another. `credentials` are an API key or a token.
    """

    url: str
    kind: Kind
    connections: int
    seconds: float
    respond_async: bool = False
    ids: list[str] = field(default_factory=list)
    ladder: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    repeat: bool = False
    credentials: str = ""


@dataclass(frozen=True, kw_only=True)
class Load:
    """`rate` in answers per second, latencies in milliseconds; `statuses` counts what was answered.

    At the beginning answers are left out of all that, but not of `total`.
    """

    rate: float
    p50: float
    p99: float
    statuses: dict[str, int]
    hits: int
    created: list[str]
    errors: int
    total: int

    @property
    def answers(self) -> int:
        return sum(self.statuses.values())

    @property
    def failed(self) -> int:
        """Answers that are none: a client's error, a server's, or a connection that broke."""
        return self.errors + sum(number for status, number in self.statuses.items() if status >= "4")
