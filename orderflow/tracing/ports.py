"""What roles need of traces, and the twin that makes none."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from orderflow.ports import CommandLog
from orderflow.processing.instruments import Instruments


class RequestTrace(Protocol):
    """The trace that one request belongs to."""

    @property
    def traceresponse(self) -> str | None:
        """The answer's header of that name (W3C Trace Context), which tells the trace's id."""

    def answered(self, status: int) -> None: ...


class RequestTraces(Protocol):
    """Requests of the facade."""

    def request(
        self, method: str, route: str, path: str, traceparent: str | None
    ) -> AbstractContextManager[RequestTrace]:
        """Around all that is done for a request; a trace that it belongs to goes on, if its header can be read."""


class Tracing(Protocol):
    """A role's traces."""

    @property
    def requests(self) -> RequestTraces: ...

    def commands(self, log: CommandLog) -> CommandLog:
        """The same, each command with the trace that it is sent in."""

    def instruments(self, instruments: Instruments) -> Instruments:
        """The same, with a span for each batch that is traced, and for its steps."""


class _Untraced:
    traceresponse = None

    def answered(self, status: int) -> None: ...


class NullRequestTraces:
    """Requests leave no trace."""

    _none = nullcontext(_Untraced())

    def request(
        self, _method: str, _route: str, _path: str, _traceparent: str | None
    ) -> AbstractContextManager[RequestTrace]:
        return self._none


class NullTracing:
    """No traces: everything stays as it is."""

    requests: RequestTraces = NullRequestTraces()

    def commands(self, log: CommandLog) -> CommandLog:
        return log

    def instruments(self, instruments: Instruments) -> Instruments:
        return instruments
