"""Where a stream is taken up again: `Last-Event-ID` or, for a first request that cannot have it, `last_event_id`."""

from dataclasses import dataclass

from aiohttp.web import Request

from orderflow.wire.problems import bad_query, malformed_header
from web.http.headers import LAST_EVENT_ID
from web.http.parameters import Parameter, Parameters
from web.http.refusals import RefusedError

PARAMETER = Parameter(
    name="last_event_id",
    parse=str,
    type=str,
    description="The same as the header Last-Event-ID, which counts where both are there.",
)


@dataclass(frozen=True, slots=True)
class LastEventId:
    """The id of the last event that the client has, and whether the header says so."""

    value: str
    in_header: bool

    def refused(self, expected: str) -> RefusedError:
        """What to raise where no stream can go on there."""
        if self.in_header:
            return RefusedError(malformed_header(LAST_EVENT_ID.name, expected))
        return RefusedError(bad_query([{"parameter": PARAMETER.name, "detail": expected}]))


def read_last_event_id(request: Request, parameters: Parameters) -> LastEventId | None:
    """The header counts: a browser that comes back sends it with the address it began with."""
    asked, header = parameters.one(PARAMETER), request.headers.get(LAST_EVENT_ID.name)
    if header:
        return LastEventId(header, in_header=True)
    return LastEventId(asked, in_header=False) if asked else None
