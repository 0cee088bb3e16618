"""Problems on HTTP (RFC 9457): the status of every type, the types that only HTTP knows, and their one JSON form."""

from collections.abc import Collection, Mapping

from orderflow.domain.problems import Problem
from orderflow.wire import shapes
from orderflow.wire.json import dumps
from orderflow.wire.outcomes import problem_json

CONTENT_TYPE = "application/problem+json"

STATUS_OF: Mapping[str, int] = {
    "malformed-json": 400,
    "malformed-header": 400,
    "malformed-request": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "order-not-found": 404,
    "command-not-found": 404,
    "job-not-found": 404,
    "dead-letter-not-found": 404,
    "route-not-found": 404,
    "method-not-allowed": 405,
    "request-timeout": 408,
    "transition-not-allowed": 409,
    "version-conflict": 409,
    "order-on-hold": 409,
    "order-exists": 409,
    "external-ref-taken": 409,
    "history-full": 409,
    "idempotency-in-progress": 409,
    "outcome-forgotten": 409,
    "precondition-failed": 412,
    "too-large": 413,
    "order-too-large": 413,
    "unsupported-media-type": 415,
    "validation": 422,
    "command-id-reused": 422,
    "key-mismatch": 422,
    "rate-limited": 429,
    "headers-too-large": 431,
    "internal-error": 500,
    "dead-lettered": 500,
    "not-accepted": 503,
    "delivery-unknown": 503,
    "unavailable": 503,
}
"""A type that is not here would be a bug of ours: 500."""


def status_of(problem: Problem) -> int:
    return STATUS_OF.get(problem.type, 500)


def encode_problem(problem: Problem) -> bytes:
    """The body of an `application/problem+json` answer; types are bare slugs."""
    return dumps(http_problem_json(problem))


def http_problem_json(problem: Problem) -> shapes.HttpProblem:
    return {**problem_json(problem), "status": status_of(problem)}


def malformed_json(reason: str) -> Problem:
    return Problem(type="malformed-json", title="Malformed JSON", detail=f"The body is not JSON: {reason}.")


def malformed_header(name: str, expected: str) -> Problem:
    return Problem(
        type="malformed-header", title="Malformed header", detail=f"{name} {expected}.", extra={"header": name}
    )


def command_not_found(command_id: str) -> Problem:
    return Problem(
        type="command-not-found",
        title="Command not found",
        detail=f"Nothing is known of a command {command_id} of this order.",
    )


def job_not_found(job_id: str) -> Problem:
    return Problem(type="job-not-found", title="Job not found", detail=f"There is no job {job_id}.")


def dead_letter_not_found(letter_id: str) -> Problem:
    return Problem(
        type="dead-letter-not-found", title="Dead letter not found", detail=f"There is no dead letter {letter_id}."
    )


def route_not_found() -> Problem:
    return Problem(type="route-not-found", title="Route not found", detail="Nothing is served under this path.")


def method_not_allowed(allowed: Collection[str]) -> Problem:
    return Problem(
        type="method-not-allowed",
        title="Method not allowed",
        detail=f"This path answers {', '.join(sorted(allowed))}.",
        extra={"allowed": sorted(allowed)},
    )


def precondition_failed(expected: str, current_version: object = None) -> Problem:
    """Without a version: of what has none, such as a list."""
    current = {"current_version": current_version} if current_version is not None else {}
    shown = f"The order is at version {current_version}" if current else "Something else is here now"
    return Problem(
        type="precondition-failed",
        title="Precondition failed",
        detail=f"{shown}, which If-Match does not name.",
        extra={"expected": expected, **current},
    )


def too_large(limit: int, what: str = "body") -> Problem:
    return Problem(type="too-large", title="Too large", detail=f"The {what} is larger than {limit} bytes.")


def request_timeout() -> Problem:
    return Problem(
        type="request-timeout", title="Request timeout", detail="The body did not arrive in the time that it has."
    )


def unsupported_media_type() -> Problem:
    return Problem(
        type="unsupported-media-type", title="Unsupported media type", detail="The body has to be application/json."
    )


def bad_query(errors: Collection[Mapping[str, str]]) -> Problem:
    """`errors`: [{"parameter": "limit", "detail": "..."}], every parameter at once."""
    return Problem(
        type="validation",
        title="Validation failed",
        detail=f"{len(errors)} query parameter{'s are' if len(errors) > 1 else ' is'} not valid.",
        extra={"errors": list(errors)},
    )


def not_accepted(reason: str = "") -> Problem:
    return Problem(
        type="not-accepted",
        title="Not accepted",
        detail=f"Nothing was sent: {reason or 'Kafka cannot be reached'}. Try again later.",
    )


def delivery_unknown(idempotency_key: str, **names: object) -> Problem:
    """Safe to repeat with this key; `names` say of what."""
    return Problem(
        type="delivery-unknown",
        title="Delivery unknown",
        detail="Kafka did not confirm what was sent in time. Look it up, or repeat it with this Idempotency-Key.",
        extra={"idempotency_key": idempotency_key, **names},
    )


def idempotency_in_progress(**names: object) -> Problem:
    """`names` say what is."""
    return Problem(
        type="idempotency-in-progress",
        title="Idempotency in progress",
        detail="The first request under this Idempotency-Key is still under way. Look it up, or repeat it and wait.",
        extra=names,
    )


def key_reused(**names: object) -> Problem:
    """The same as for a command, of a bulk request."""
    return Problem(
        type="command-id-reused",
        title="Command id reused",
        detail="Another bulk request had this Idempotency-Key.",
        extra=names,
    )


def busy(what: str) -> Problem:
    return Problem(type="unavailable", title="Unavailable", detail=f"Too many {what} are under way. Try again later.")


def unavailable(what: str) -> Problem:
    return Problem(type="unavailable", title="Unavailable", detail=f"{what} cannot be reached. Try again later.")


def too_many_streams() -> Problem:
    return Problem(
        type="unavailable", title="Unavailable", detail="No more streams can be opened here now. Try again later."
    )


def internal_error() -> Problem:
    return Problem(type="internal-error", title="Internal error", detail="The request failed; the failure was logged.")
