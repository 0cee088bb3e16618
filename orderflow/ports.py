"""What the processing and the facade need of the world: small protocols, each with an in-memory twin in `adapters`."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery, Total
from orderflow.domain.order import Order
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import StoredOrder
from orderflow.wire.pulse import Pulse
from orderflow.wire.records import Message, Record

Clock = Callable[[], datetime]
"""The present moment, aware, in UTC."""

ExternalRef = tuple[str, str]
"""Client id and external reference: unique together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """An encoded order to be stored: inserted at revision 1, later replaced where `revision - 1` still stands."""

    order_id: str
    revision: int
    external_ref: ExternalRef | None
    document: bytes


@dataclass(frozen=True, slots=True)
class Saved:
    """Every write took effect, as far as a majority of the database's nodes."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """At least one write did not take effect, and which did is unknown: load again and decide again.

    `holders` names, for references found taken, the order that has them.
    """

    holders: Mapping[ExternalRef, str] = field(default_factory=dict)


class OrderStore(Protocol):
    """The system of record, as the worker uses it. Any exception of load and save means: try again."""

    def encode(self, stored: StoredOrder) -> Write:
        """Pure. `stored.revision` is the one that the document gets."""

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        """The orders that exist, as a majority has acknowledged them."""

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        """All writes in one round trip, durable when it returns. At most one write per order."""


class OrderQueries(Protocol):
    """The system of record, as the facade reads it. Any exception means that it cannot be reached."""

    async def get(self, order_id: str) -> StoredOrder | None: ...

    async def find(self, query: ListQuery) -> list[Order]:
        """At most `query.limit` orders. What a sort by change costs grows with the client's orders in the range."""

    async def count(self, query: ListQuery, at_most: int) -> Total:
        """How many orders all the list's pages have together, looking no further than `at_most`."""

    async def outcomes(self, names: Collection[tuple[str, str]]) -> list[Outcome]:
        """Those that orders remember of commands; each is named by its order's id and its own."""

    async def ping(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedOrder:
    """An encoded representation and the version it shows."""

    order_id: str
    version: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedOutcome:
    """An encoded outcome. A `lasting` one is kept by its order too; another one is shown until a lasting one comes."""

    order_id: str
    command_id: str
    body: bytes
    lasting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """What a batch changes in the cache; lists of these clients and states get a new generation."""

    orders: Sequence[CachedOrder] = ()
    outcomes: Sequence[CachedOutcome] = ()
    clients: Collection[str] = ()
    states: Collection[State] = ()


class CacheRefresher(Protocol):
    """The cache, as the worker writes it. It never raises: a cache that is away or slow is skipped."""

    async def refresh(self, refresh: Refresh) -> bool:
        """One call; False when it was skipped. Orders are set only if newer, outcomes only if there is none as good."""


class OrderCache(Protocol):
    """The cache, as the facade reads it. Raises CacheUnavailableError; what it fills in is set only if newer."""

    async def order(self, order_id: str) -> CachedOrder | None: ...

    async def fill(self, order: CachedOrder) -> None: ...

    async def generations(self, clients: Collection[str], states: Collection[State]) -> tuple[str, ...]:
        """The current generation of each, clients first, made up where there is none."""

    async def page(self, key: str) -> bytes | None:
        """A list page; the key names its query and the generations it was read under."""

    async def fill_page(self, key: str, body: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Pending:
    """A command that Kafka has, as far as is known without its outcome; the fingerprint is the command's."""

    fingerprint: str


class OutcomeCache(Protocol):
    """Recent outcomes and pending commands, for 24 hours. Raises CacheUnavailableError."""

    async def outcome(self, order_id: str, command_id: str) -> bytes | Pending | None:
        """The encoded outcome, or the first mark that was made; None for a command never heard of."""

    async def mark_pending(self, order_id: str, command_id: str, fingerprint: str) -> None:
        """Never hides an outcome, nor an earlier mark."""


class CacheUnavailableError(Exception):
    """The cache is away, slow, or was so less than two seconds ago."""


class Pulses(Protocol):
    """What running instances say of themselves. Raises CacheUnavailableError."""

    async def write(self, pulse: Pulse) -> None:
        """It is there for ten seconds, in the place of the instance's last one."""

    async def read_all(self) -> list[Pulse]:
        """Of every instance that lives, by role and name."""


class Publisher(Protocol):
    """Writes messages to their topics, each key's in order."""

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Await every delivery; return, in order, the messages that have to be sent again."""


class CommandLog(Protocol):
    """Where the facade's commands go; `refusal` says why none may, where that is not for want of an answer."""

    @property
    def ready(self) -> bool: ...

    @property
    def refusal(self) -> str | None: ...

    async def enqueue(self, order_id: str, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Raises NotAcceptedError where nothing was sent, DeliveryUnknownError where nobody knows."""


class LetterLog(Protocol):
    """The dead letter topic. Any exception means that it cannot be reached, or refuses."""

    async def bounds(self) -> Mapping[int, tuple[int, int]]:
        """Of each partition the first offset it still holds, and the one after its last."""

    def read(self, partition: int, start: int, end: int) -> AsyncGenerator[Sequence[Record], None]:
        """The partition's records from `start` up to, and not including, `end`; few at a time."""

    async def delete_before(self, offsets: Mapping[int, int]) -> None:
        """Delete what stands before the offset in each partition named: a log loses only its beginning."""
