"""Headers that keep browsers from more than was meant: on every answer, also on one that refuses."""

from aiohttp.web import Request, StreamResponse

from orderflow.streaming.http_connection import ALWAYS
from web.http.cross_origin import share

_DATA = "default-src 'none'; frame-ancestors 'none'"
_DOCUMENT = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Its own files, and styles that its scripts set; nothing from elsewhere."""


async def secure(request: Request, response: StreamResponse) -> None:
    """Called before an answer's headers go out.

    An answer with an entity tag may be kept by the client alone, and has to be asked for anew, which 304 makes cheap;
    no other one is kept, unless its view says so.
    """
    headers = response.headers
    headers.update(ALWAYS)
    headers["Content-Security-Policy"] = _DOCUMENT if headers.get("Content-Type", "").startswith("text/html") else _DATA
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-cache" if "ETag" in headers else "no-store"
    share(request, response)
