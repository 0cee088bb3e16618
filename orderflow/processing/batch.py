"""A batch of records: read once, folded as often as conflicts demand, encoded before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orderflow.domain.limits import MAX_LEDGER
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import Received, StoredOrder
from orderflow.ports import ExternalRef, Refresh, Write
from orderflow.wire.commands import Invalid, Unreadable
from orderflow.wire.records import Message, Record

Reading = Received | Invalid | Unreadable
Orders = Mapping[str, StoredOrder]
Holders = Mapping[ExternalRef, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Everything a batch writes, encoded, in the order of its records.

    `repeats` are the outcomes of commands that had been handled before.
    """

    orders: Sequence[StoredOrder]
    writes: Sequence[Write]
    events: Sequence[Message]
    outcomes: Sequence[tuple[Outcome, bytes]]
    dead_letters: Sequence[Message]
    refresh: Refresh
    repeats: Sequence[Outcome] = ()


NOTHING = Folded(orders=(), writes=(), events=(), outcomes=(), dead_letters=(), refresh=Refresh())

PARTS_UNANNOUNCED = 2
"""So many parts may be saved whose outcomes are not out: a crash then repeats them all."""


def order_ids(readings: Sequence[Reading]) -> set[str]:
    """The orders that a batch has to load."""
    return {reading.command.order_id for reading in readings if isinstance(reading, Received)}


def parts(records: Sequence[Record]) -> list[list[Record]]:
    """The records cut so that an order's ledger remembers every command of it that may have to be answered again.

    Those are the commands of all parts that were saved and not announced when a worker died, or whose write came to
    an unknown end.
    """
    most = MAX_LEDGER // PARTS_UNANNOUNCED
    cut: list[list[Record]] = [[]]
    counts: dict[bytes | None, int] = {}
    for record in records:
        if counts.get(record.key, 0) == most:
            cut.append([])
            counts = {}
        counts[record.key] = counts.get(record.key, 0) + 1
        cut[-1].append(record)
    return cut
