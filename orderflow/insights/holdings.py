"""The partitions that this instance owns, as they come and go, with how far each was read from the changelog."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orderflow.domain.standing import Standing
from orderflow.insights.part import Part


@dataclass(slots=True, kw_only=True)
class Holding:
    """A partition and its changelog, known without a gap up to the offset `known` (-1: nothing).

    `overtaken` are orders whose last record there is older than what we know: a stale owner wrote it.
    """

    part: Part = field(default_factory=Part)
    known: int = -1
    generation: int | None = None
    """Of the group when the partition was last whole; None while it is being restored."""
    overtaken: set[str] = field(default_factory=set)


class Holdings:
    """By partition."""

    def __init__(self) -> None:
        self._holdings: dict[int, Holding] = {}

    def assign(self, partitions: Iterable[int]) -> None:
        """Keep those, begin what is new, forget the others."""
        self._holdings = {partition: self._holdings.get(partition, Holding()) for partition in partitions}

    def get(self, partition: int) -> Holding | None:
        return self._holdings.get(partition)

    def whole(self) -> Mapping[int, Holding]:
        """Those that are restored."""
        return {number: held for number, held in self._holdings.items() if held.generation is not None}

    def restore(self, partition: int, offset: int, order_id: str, standing: Standing) -> None:
        """A record of the changelog, in the order of the log. The newest version counts, wherever it stands."""
        held = self._holdings.get(partition)
        if held is None:
            return
        held.known = max(held.known, offset)
        if held.part.put(order_id, standing):
            held.overtaken.discard(order_id)
        else:
            held.overtaken.add(order_id)

    def restored(self, partitions: Iterable[int], generation: int) -> None:
        for partition in partitions:
            if held := self._holdings.get(partition):
                held.part.census.in_order()
                held.generation = generation

    def written(self, offsets: Mapping[int, range]) -> None:
        """Our own records. After a gap, which somebody else has written, the next recovery reads on from before it."""
        for partition, written in offsets.items():
            held = self._holdings.get(partition)
            if held and written.start == held.known + 1:
                held.known = written.stop - 1

    def standing(self, order_id: str) -> Standing | None:
        known = (held.part.census.standings.get(order_id) for held in self._holdings.values())
        return next((standing for standing in known if standing), None)
