"""From an answer that is no success to its error, whoever between us and the facade gave it."""

import json
from collections.abc import Mapping

from aiohttp import ClientResponse

from orderflow.client.errors import OrderflowError, error_of
from orderflow.wire.shapes import HttpProblem

_SHOWN = 200


def refusal(response: ClientResponse, body: bytes) -> OrderflowError:
    return error_of(_problem(response, body), pause_of(response.headers))


def pause_of(headers: Mapping[str, str], otherwise: float = 0.0) -> float:
    """The seconds of `Retry-After`; a date, which the facade never sends, counts as none."""
    said = headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else otherwise


def _problem(response: ClientResponse, body: bytes) -> HttpProblem:
    """The facade's, or one made of what somebody else said."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if isinstance(said, dict) and all(isinstance(said.get(name), str) for name in ("type", "title", "detail")):
        problem: HttpProblem = said | {"status": response.status}  # type: ignore[assignment]
        return problem
    shown = body[:_SHOWN].decode(errors="replace")
    return {"type": "about:blank", "title": response.reason or "", "detail": shown, "status": response.status}
