"""Which problems an operation may be answered with: its own, and those that follow from what it takes."""

from collections.abc import Iterator

from orderflow.wire.problems import STATUS_OF
from web.http.headers import IDEMPOTENCY_KEY, IF_MATCH
from web.http.operations import Operation

_OF_ANY = ("malformed-request", "headers-too-large", "internal-error")
_OF_CREDENTIALS = ("unauthenticated", "forbidden", "rate-limited", "unavailable")
_OF_BODIES = ("malformed-json", "request-timeout", "too-large", "unsupported-media-type", "validation")


def problems_of(operation: Operation) -> dict[int, list[str]]:
    """Types by status, both in order."""
    found: dict[int, list[str]] = {}
    for slug in dict.fromkeys(_types(operation)):
        found.setdefault(STATUS_OF[slug], []).append(slug)
    return {status: sorted(found[status]) for status in sorted(found)}


def _types(operation: Operation) -> Iterator[str]:
    yield from operation.problems
    yield from _OF_ANY
    if operation.scope:
        yield from _OF_CREDENTIALS
    if operation.body:
        yield from _OF_BODIES
    if operation.parameters:
        yield "validation"
    if IDEMPOTENCY_KEY in operation.headers or IF_MATCH in operation.headers:
        yield "malformed-header"
