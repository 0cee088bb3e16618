"""The trace of a request: begun or taken up before anything is done for it, and told with its answer."""

from aiohttp.web import Request, RequestKey, StreamResponse, middleware

from web.facade import facade_of
from web.http.headers import TRACERESPONSE
from web.http.routes import route_of
from web.middleware import Handler

_TRACERESPONSE = RequestKey("traceresponse", str)
_UNTRACED = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked every few seconds, by nobody who looks at traces."""


@middleware
async def trace_requests(request: Request, handler: Handler) -> StreamResponse:
    route = route_of(request) or "unmatched"
    if route in _UNTRACED:
        return await handler(request)
    traceparent = request.headers.get("traceparent")
    with facade_of(request).traces.request(request.method, route, request.path, traceparent) as trace:
        if trace.traceresponse:
            request[_TRACERESPONSE] = trace.traceresponse
        answer = await handler(request)
        trace.answered(answer.status)
        return answer


async def show_trace(request: Request, response: StreamResponse) -> None:
    """Called before an answer's headers go out."""
    traceresponse = request.get(_TRACERESPONSE)
    if traceresponse:
        response.headers[TRACERESPONSE.name] = traceresponse
