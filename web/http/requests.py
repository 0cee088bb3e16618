"""What a request with a body has to be before anyone looks at the body's fields."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from aiohttp.web import Request

from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.domain.problems import Problem
from orderflow.wire.problems import request_timeout, too_large, unsupported_media_type
from web.facade import facade_of
from web.http.refusals import RefusedError

T = TypeVar("T")


async def read_body(
    request: Request,
    read: Callable[[bytes], T | Problem],
    *,
    typed: bool = False,
    limit: int = MAX_RECORD_BYTES,
) -> T:
    """JSON of at most `limit` bytes, of which no more are taken in, whatever the headers say.

    No type counts as JSON, unless it has to be `typed`: a browser lets any web page post a body without a type to us,
    and asks us first about one that says JSON.
    """
    if (typed or "Content-Type" in request.headers) and request.content_type != "application/json":
        raise RefusedError(unsupported_media_type())
    if (request.content_length or 0) > limit:
        raise RefusedError(too_large(limit))
    body = read(await _whole(request, limit))
    if isinstance(body, Problem):
        raise RefusedError(body)
    return body


async def _whole(request: Request, limit: int) -> bytes:
    """Not for ever: a body that trickles in would keep its connection from others."""
    body = bytearray()
    try:
        async with asyncio.timeout(facade_of(request).body_seconds):
            async for portion in request.content.iter_any():
                body += portion
                if len(body) > limit:
                    raise RefusedError(too_large(limit))
    except TimeoutError as error:
        raise RefusedError(request_timeout(), {"Connection": "close"}) from error
    return bytes(body)
