"""Every failure becomes a problem document (RFC 9457): no HTML, no stack trace, and no 500 for bad input."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp.web import (
    HTTPException,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    Request,
    RequestPayloadError,
    StreamResponse,
    middleware,
)

from orderflow.wire import problems
from web.http.cross_origin import preflight
from web.http.refusals import RefusedError, problem_answer

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[StreamResponse]]


@middleware
async def answer_problems(request: Request, handler: Handler) -> StreamResponse:
    try:
        return await handler(request)
    except RefusedError as refused:
        return problem_answer(refused.problem, refused.headers)
    except HTTPException as error:
        return preflight(request) or _of_aiohttp(error)
    except RequestPayloadError:
        return problem_answer(problems.malformed_json("it does not arrive as its headers say"))
    except ConnectionError:
        raise  # The client is gone; there is nobody to answer.
    except Exception:
        log.exception("%s %s failed", request.method, request.rel_url.raw_path)
        return problem_answer(problems.internal_error())


def _of_aiohttp(error: HTTPException) -> StreamResponse:
    match error:
        case HTTPNotFound():
            return problem_answer(problems.route_not_found())
        case HTTPMethodNotAllowed():
            allowed = sorted(error.allowed_methods)
            return problem_answer(problems.method_not_allowed(allowed), {"Allow": ", ".join(allowed)})
        case _:
            raise error
