"""Kafka takes any bytes for a header's name; aiokafka insists on UTF-8 and never gets past a record that has others.

One such record would end every worker, again and again. Here what is no text in a name is read as escapes.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


def forgive_header_names() -> None:
    """From now on, for every consumer of this process; there is no other way into aiokafka's fetching."""
    fetcher.MemoryRecords = ForgivingRecords


class ForgivingRecords(_MemoryRecordsPy):  # type: ignore[misc] # published as final, and without types
    """The batches of one answer to a fetch."""

    def next_batch(self, *_: object) -> Any:
        fetched = self._next_slice
        return ForgivingBatch(super().next_batch(), fetched)


class ForgivingBatch:
    """aiokafka's batch, read by its slower reader where the fast one gives up."""

    def __init__(self, batch: Any, fetched: memoryview) -> None:
        self._batch, self._fetched = batch, fetched

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return iter(_SlowBatch(self._fetched))

    def __next__(self) -> Any:
        """Of a control batch aiokafka takes the marker so; it has no headers."""
        return next(self._batch)


class _SlowBatch(_DefaultRecordBatchPy):  # type: ignore[misc] # published as final, and without types
    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Escaping(self._buffer)


class _Escaping(bytearray):
    """Bytes that can always be decoded, and so can every part of them."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return found if isinstance(found, int) else _Escaping(found)

    def decode(self, *_: object, **__: object) -> str:
        return super().decode("utf-8", "backslashreplace")
