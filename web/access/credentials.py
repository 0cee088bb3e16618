"""What a request brings along to say who asks: an API key or a JSON Web Token."""

from aiohttp.web import Request

from orderflow.domain.problems import Problem
from orderflow.wire.access_problems import unauthenticated
from web.http.refusals import RefusedError

_REALM = 'Bearer realm="orderflow"'


def credential_of(request: Request) -> str:
    """From `Authorization: Bearer` or `X-API-Key`. Raises RefusedError."""
    headers = request.headers
    said: list[str] = headers.getall("Authorization", [])
    keys: list[str] = headers.getall("X-API-Key", [])
    if len(said) + len(keys) != 1:
        raise unidentified("Send credentials, and only once: as Authorization: Bearer or as X-API-Key", "")
    if keys:
        return keys[0]
    scheme, _, credential = said[0].partition(" ")
    if scheme.lower() != "bearer":
        raise unidentified("The only scheme of Authorization that is taken is Bearer", "")
    return credential.strip()


def unidentified(reason: str, error: str = "invalid_token") -> RefusedError:
    """401, with the challenge of RFC 6750; `error` is its word for what is wrong with the credentials."""
    told = f', error="{error}", error_description="{reason}"' if error else ""
    return RefusedError(unauthenticated(reason), {"WWW-Authenticate": _REALM + told})


def insufficient(problem: Problem, scope: str) -> RefusedError:
    """403: the credentials are valid, and do not go so far."""
    return RefusedError(problem, {"WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{scope}"'})
