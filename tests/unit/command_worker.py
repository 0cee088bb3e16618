"""A command processor over the in-memory twins, with every server of it at hand to be broken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.domain.commands import Command
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Clock, Conflict, OrderStore, Saved, Write
from orderflow.processing.encoding import BatchFolder
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.instruments import Instruments, NullInstruments
from orderflow.processing.processor import CommandProcessor
from orderflow.processing.readiness import Readiness
from orderflow.wire.commands import encode_command
from orderflow.wire.outcomes import decode_outcome
from orderflow.wire.records import Message, Record, Topic
from tests.builders import NOW, RULES

OFFSETS = count()


def record(command: Command, **fields: object) -> Record:
    """The next record of the log; `fields` replace its own."""
    offset = next(OFFSETS)
    made = Record(
        topic="order_commands",
        partition=0,
        offset=offset,
        timestamp=1_767_268_800_000 + offset,
        key=command.order_id.encode(),
        value=encode_command(command),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


class WrappedStore:
    """A store that passes everything on; subclasses break it."""

    def __init__(self, inner: OrderStore) -> None:
        self.inner = inner

    def encode(self, stored: StoredOrder) -> Write:
        return self.inner.encode(stored)

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        return await self.inner.load(order_ids)

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        return await self.inner.save(writes)


@dataclass(kw_only=True)
class Worker:
    """`stored` is what is in the database, whatever wraps it as `store`."""

    stored: InMemoryOrderStore = field(default_factory=InMemoryOrderStore)
    store: OrderStore | None = None
    cache: InMemoryCache = field(default_factory=InMemoryCache)
    publisher: InMemoryPublisher = field(default_factory=InMemoryPublisher)
    hot: HotOrders = field(default_factory=lambda: HotOrders(2**20))
    readiness: Readiness = field(default_factory=Readiness)
    clock: Clock = lambda: NOW
    instruments: Instruments = field(default_factory=NullInstruments)

    async def apply(self, *records: Record) -> None:
        await self.processor().apply(records)

    def processor(self) -> CommandProcessor:
        store = self.store or self.stored
        return CommandProcessor(
            store=store,
            cache=self.cache,
            publisher=self.publisher,
            clock=self.clock,
            folder=BatchFolder(rules=RULES, encode=store.encode, source="/orderflow", group="orderflow-worker"),
            hot=self.hot,
            readiness=self.readiness,
            log_name="test/order_commands",
            instruments=self.instruments,
        )

    def sent(self, topic: Topic) -> list[Message]:
        return self.publisher.delivered[topic]

    @property
    def outcomes(self) -> list[Outcome]:
        return [decode_outcome(message.value or b"") for message in self.sent(Topic.OUTCOMES)]

    @property
    def ends(self) -> list[tuple[str, str]]:
        """Command id and how it ended: a status, or what it was rejected for."""
        return [
            (outcome.command_id, outcome.error.type if outcome.error else str(outcome.status))
            for outcome in self.outcomes
        ]

    @property
    def event_ids(self) -> list[str]:
        return [dict(message.headers)["ce_id"].decode() for message in self.sent(Topic.EVENTS)]

    async def versions(self, order_id: str = "ord_1") -> list[int]:
        """Those in the stored history."""
        stored = await self.stored.get(order_id)
        return [change.event.version for change in stored.history] if stored else []
