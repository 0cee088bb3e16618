"""The spans of a worker, on the hook that also counts."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

from opentelemetry.trace import Tracer

from orderflow.processing.batch import Folded
from orderflow.processing.encoding import ReadRecord
from orderflow.processing.instruments import Done, Instruments, Step
from orderflow.tracing.otel.notes import Attempt, PartNotes, notes_of
from orderflow.tracing.otel.parts import SERVERS, tell
from orderflow.wire.records import Record

TELL_SECONDS = 0.2
"""Spans that are made many at a time cost half of those made one by one between all that is done."""
MANY = 256
"""Commands whose spans are made sooner, lest they overflow the exporter's queue or hold up the loop for long."""

_noted: ContextVar[PartNotes | None] = ContextVar("noted", default=None)
"""The part of a batch that is worked on, where that is recorded."""


class TracedInstruments:
    """Instruments. What is not recorded costs a look at each record's headers."""

    def __init__(self, tracer: Tracer, inner: Instruments) -> None:
        self._tracer = tracer
        self._inner = inner
        self._done: list[PartNotes] = []
        self._sampled = 0

    @contextmanager
    def taken(self, records: Sequence[Record]) -> Iterator[Done]:
        with self._inner.taken(records) as inner_done:
            notes = notes_of(records, time.time_ns())
            before = _noted.set(notes)
            yield (lambda: self._end(inner_done, notes)) if notes else inner_done
            _noted.reset(before)

    def timed(self, step: Step) -> AbstractContextManager[object]:
        notes = _noted.get()
        return self._attempt(notes, step) if notes and step in SERVERS else self._inner.timed(step)

    def persisted(self, batch: Sequence[ReadRecord], folded: Folded) -> None:
        self._inner.persisted(batch, folded)
        notes = _noted.get()
        if notes:
            notes.changes += len(folded.events)

    def buried(self, command_type: str | None) -> None:
        self._inner.buried(command_type)
        _note("a bug sets a record aside")

    def conflicted(self) -> None:
        self._inner.conflicted()
        _note("conflict")

    def refresh_skipped(self) -> None:
        self._inner.refresh_skipped()
        _note("the cache was skipped")

    def tell(self) -> None:
        """Make spans of what has been done."""
        done, self._done, self._sampled = self._done, [], 0
        for notes in done:
            tell(notes, self._tracer)

    def _end(self, inner_done: Done, notes: PartNotes) -> None:
        inner_done()
        notes.ended = time.time_ns()
        loop = asyncio.get_running_loop()
        if not self._done:
            loop.call_later(TELL_SECONDS, self.tell)
        self._done.append(notes)
        self._sampled += len(notes.sampled)
        if self._sampled >= MANY:
            loop.call_soon(self.tell)

    @contextmanager
    def _attempt(self, notes: PartNotes, step: Step) -> Iterator[None]:
        begun, failure = time.time_ns(), None
        try:
            with self._inner.timed(step):
                yield
        except Exception as error:
            failure = error
            raise
        finally:
            notes.attempts.append(Attempt(step, begun, time.time_ns(), failure))


def _note(happened: str) -> None:
    notes = _noted.get()
    if notes:
        notes.happened.append((happened, time.time_ns()))
