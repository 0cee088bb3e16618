"""Headers that keep browsers from more than was meant: on every answer, also on one that refuses."""

from aiohttp.web import Request, StreamResponse

from orderflow.streaming.http_connection import ALWAYS
from web.http.cross_origin import share

_DATA = "default-src 'none'; frame-ancestors 'none'"
_DOCS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Of Swagger UI: its own files, and styles that its scripts set; nothing from elsewhere."""


async def secure(request: Request, response: StreamResponse) -> None:
    """Called before an answer's headers go out.

    An answer with an entity tag may be kept by the client alone, and has to be asked for anew, which 304 makes cheap;
    no other one is kept. A view may say otherwise, and may have a policy of its own.
    """
    headers = response.headers
    headers.update(ALWAYS)
    if "Content-Security-Policy" not in headers:
        document = headers.get("Content-Type", "").startswith("text/html")
        headers["Content-Security-Policy"] = _DOCS if document else _DATA
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-cache" if "ETag" in headers else "no-store"
    share(request, response)
