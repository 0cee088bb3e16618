"""The spans of a worker, on the hook that also counts."""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from opentelemetry.trace import Tracer
from structlog.contextvars import bound_contextvars

from orderflow.processing.batch import Folded
from orderflow.processing.encoding import ReadRecord
from orderflow.processing.instruments import Done, Instruments, Step
from orderflow.tracing.otel.attempts import SERVERS, Attempt
from orderflow.tracing.otel.parts import PartTrace, begin
from orderflow.wire.records import Record

_part: ContextVar[PartTrace | None] = ContextVar("part", default=None)
"""The part of a batch that is worked on, where that is recorded."""


@dataclass(frozen=True, slots=True)
class TracedInstruments:
    """Instruments. What is not recorded costs a look at each record's headers."""

    tracer: Tracer
    inner: Instruments

    @contextmanager
    def taken(self, records: Sequence[Record]) -> Iterator[Done]:
        with self.inner.taken(records) as inner_done:
            part = begin(self.tracer, records)
            if part is None:
                yield inner_done
                return

            def done() -> None:
                inner_done()
                part.end()

            before = _part.set(part)
            with bound_contextvars(trace_id=part.trace_id):
                yield done
            _part.reset(before)

    def timed(self, step: Step) -> AbstractContextManager[object]:
        part = _part.get()
        return self._noted(part, step) if part and step in SERVERS else self.inner.timed(step)

    def persisted(self, batch: Sequence[ReadRecord], folded: Folded) -> None:
        self.inner.persisted(batch, folded)
        part = _part.get()
        if part:
            part.span.set_attribute("orderflow.changes", len(folded.events))

    def buried(self, command_type: str | None) -> None:
        self.inner.buried(command_type)
        _note("a bug sets a record aside")

    def conflicted(self) -> None:
        self.inner.conflicted()
        _note("conflict")

    def refresh_skipped(self) -> None:
        self.inner.refresh_skipped()
        _note("the cache was skipped")

    @contextmanager
    def _noted(self, part: PartTrace, step: Step) -> Iterator[None]:
        begun, failure = time.time_ns(), None
        try:
            with self.inner.timed(step):
                yield
        except Exception as error:
            failure = error
            raise
        finally:
            part.attempts.append(Attempt(step, begun, time.time_ns(), failure))


def _note(happened: str) -> None:
    part = _part.get()
    if part:
        part.span.add_event(happened)
