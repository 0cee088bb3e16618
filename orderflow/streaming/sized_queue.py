"""The queue between Faust's consumer and a stream, bounded by bytes: a worker that holds must not fill its memory."""

from faust.types import EventT
from mode.utils.queues import ThrowableQueue

SLOT_BYTES = 2**11
"""With Faust's 4 096 slots a queue holds 8 MiB of large commands, or as many small ones as ever."""


class SizedQueue(ThrowableQueue[EventT]):
    """An event takes a slot for every 2 KiB begun; Faust pauses a partition when four fifths of the slots are taken."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._slots = 0

    def _put(self, item: EventT) -> None:
        self._slots += _slots_of(item)
        super()._put(item)

    def _get(self) -> EventT:
        item = super()._get()
        self._slots -= _slots_of(item)
        return item

    def qsize(self) -> int:
        return self._slots

    def clear(self) -> None:
        super().clear()
        self._slots = 0


def _slots_of(event: EventT) -> int:
    return 1 + len(event.message.value or b"") // SLOT_BYTES
