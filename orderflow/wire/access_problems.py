"""Problems of those who ask: who they are, what they may do, how often and how."""

from orderflow.domain.problems import Problem


def unauthenticated(reason: str) -> Problem:
    return Problem(type="unauthenticated", title="Unauthenticated", detail=f"{reason}.")


def forbidden_scope(scope: str) -> Problem:
    return Problem(type="forbidden", title="Forbidden", detail=f"This needs the scope {scope}.", extra={"scope": scope})


def forbidden_client(client_id: str) -> Problem:
    """`client_id` is the only one that the credentials are for."""
    return Problem(
        type="forbidden",
        title="Forbidden",
        detail=f"These credentials are for orders of the client {client_id} only.",
        extra={"client_id": client_id},
    )


def forbidden_host() -> Problem:
    return Problem(
        type="forbidden",
        title="Forbidden",
        detail="Who is asked for no credentials has to say localhost or an address of this machine in Host.",
    )


def rate_limited() -> Problem:
    return Problem(type="rate-limited", title="Rate limited", detail="Too many requests. Try again later.")


def malformed_request() -> Problem:
    return Problem(type="malformed-request", title="Malformed request", detail="This is no HTTP that can be read.")


def headers_too_large() -> Problem:
    return Problem(
        type="headers-too-large",
        title="Headers too large",
        detail="A line may have 8190 bytes, a request 128 headers, and all of them together 64 KiB.",
    )
