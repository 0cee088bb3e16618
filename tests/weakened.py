"""The pieces that carry the guarantee, each with its care left out: whatever checks it has to notice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.ports import CachedOrder, Conflict, Saved, Write
from orderflow.processing.batch import Folded
from orderflow.processing.processor import CommandProcessor
from orderflow.wire.records import Record
from tests.unit.command_worker import WrappedStore


class UnguardedStore(WrappedStore):
    """Writes whatever the revision."""

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        stored = await self.load([write.order_id for write in writes])
        revisions = {order_id: order.revision for order_id, order in stored.items()}
        return await super().save([replace(write, revision=revisions.get(write.order_id, 0) + 1) for write in writes])


class MiscountingStore(WrappedStore):
    """Takes a short match count for success."""

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        result = await super().save(writes)
        return Saved() if result == Conflict() else result


class OverwritingCache(InMemoryCache):
    """Sets whatever the version."""

    def _set_if_newer(self, order: CachedOrder) -> None:
        self._orders[order.order_id] = order


@dataclass(slots=True, kw_only=True)
class HastyProcessor(CommandProcessor):
    """Returns before it has published: a batch's messages go out when the next one comes, acknowledged or not."""

    owed: list[Folded] = field(default_factory=list)

    async def apply(self, records: Sequence[Record]) -> None:
        while self.owed:
            await CommandProcessor._emit(self, self.owed.pop(0))  # noqa: SLF001
        await CommandProcessor.apply(self, records)

    async def _emit(self, folded: Folded) -> None:
        self.owed.append(folded)


def unguarded(processor: CommandProcessor) -> CommandProcessor:
    return replace(processor, store=UnguardedStore(processor.store))


def miscounting(processor: CommandProcessor) -> CommandProcessor:
    return replace(processor, store=MiscountingStore(processor.store))


def hasty(processor: CommandProcessor) -> CommandProcessor:
    return HastyProcessor(**{part.name: getattr(processor, part.name) for part in fields(processor) if part.init})


def sound(processor: CommandProcessor) -> CommandProcessor:
    return processor


WEAKNESSES: dict[str, Callable[[CommandProcessor], CommandProcessor]] = {
    weakness.__name__: weakness for weakness in (sound, unguarded, miscounting, hasty)
}
