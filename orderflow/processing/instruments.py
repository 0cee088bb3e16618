"""What a processor tells of its work as it goes, to whoever counts."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol

from orderflow.processing.batch import Folded
from orderflow.processing.encoding import ReadRecord
from orderflow.wire.records import Record

Done = Callable[[], None]


class Step(StrEnum):
    """What a batch goes through, in this order; the cache is refreshed while events are announced."""

    DECODE = "decode"
    LOAD = "load"
    FOLD = "fold"
    SAVE = "save"
    ANNOUNCE = "announce"
    REFRESH = "refresh"
    REPORT = "report"
    ACKNOWLEDGE = "acknowledge"


class Instruments(Protocol):
    """Told once per batch, never per command. Nothing here waits or raises."""

    def taken(self, records: Sequence[Record]) -> AbstractContextManager[Done]:
        """Around all that begins with these records; what it gives is called when nothing is left to do for them."""

    def timed(self, step: Step) -> AbstractContextManager[object]:
        """Around one attempt at a step."""

    def persisted(self, batch: Sequence[ReadRecord], folded: Folded) -> None:
        """What became of these records is durable now."""

    def buried(self, command_type: str | None) -> None:
        """A record that meets a bug became a dead letter; None where no command could be read."""

    def conflicted(self) -> None:
        """Somebody else wrote, or may have written: the batch is folded again."""

    def refresh_skipped(self) -> None:
        """The cache was away or slow."""


def _ignored() -> None: ...


UNNOTICED: AbstractContextManager[Done] = nullcontext(_ignored)
"""For who takes no notice of records that are taken."""


class NullInstruments:
    """Nobody counts."""

    def taken(self, _records: Sequence[Record]) -> AbstractContextManager[Done]:
        return UNNOTICED

    def timed(self, _step: Step) -> AbstractContextManager[object]:
        return nullcontext()

    def persisted(self, batch: Sequence[ReadRecord], folded: Folded) -> None: ...

    def buried(self, command_type: str | None) -> None: ...

    def conflicted(self) -> None: ...

    def refresh_skipped(self) -> None: ...
