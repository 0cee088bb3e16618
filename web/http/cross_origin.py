"""Pages of other origins (CORS): those that the settings name may call, with credentials that they send themselves."""

from aiohttp.web import Request, Response, StreamResponse

from web.facade import facade_of

_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_ASKED = (
    "Authorization, X-API-Key, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, "
    "traceparent"
)
_SHOWN = (
    "ETag, Idempotency-Key, Idempotent-Replayed, Link, Location, Preference-Applied, Retry-After, WWW-Authenticate, "
    "X-Cache, traceresponse"
)
_SECONDS = "600"


def share(request: Request, response: StreamResponse) -> None:
    """Lets a page read an answer, whatever its status. No cookies: there are none."""
    origins = facade_of(request).origins
    if not origins:
        return
    response.headers.add("Vary", "Origin")
    if is_shared(request):
        response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = _SHOWN


def preflight(request: Request) -> Response | None:
    """What a browser asks before it lets a page send a request; None for any other request."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers or not is_shared(request):
        return None
    allowed = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _ASKED,
        "Access-Control-Max-Age": _SECONDS,
    }
    return Response(status=204, headers=allowed)


def is_shared(request: Request) -> bool:
    """Whether a page asks whose origin may."""
    origins = facade_of(request).origins
    return "Origin" in request.headers and ("*" in origins or request.headers["Origin"] in origins)
