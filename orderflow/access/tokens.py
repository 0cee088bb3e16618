"""JSON Web Tokens (RFC 7519): verified with given keys, they say who asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import PyJWK

from orderflow.access.errors import CredentialsRefusedError
from orderflow.access.principal import Principal, Scope
from orderflow.domain.limits import has_id_characters

LEEWAY_SECONDS = 10
"""How far clocks may be apart."""
_REASONS: Mapping[type[Exception], str] = {
    jwt.ExpiredSignatureError: "The token has expired",
    jwt.ImmatureSignatureError: "The token is not valid yet",
    jwt.InvalidAudienceError: "The token is for another audience",
    jwt.InvalidIssuerError: "The token is from another issuer",
    jwt.InvalidSignatureError: "The signature of the token is not valid",
}

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """What a token has to be. One that names an audience is refused where none is expected."""

    audience: str | None = None
    issuer: str | None = None
    scope_claim: str = "scope"
    client_claim: str = "client_id"


@dataclass(frozen=True, slots=True)
class Verified:
    """Who a token is of, and until when; seconds since 1970."""

    principal: Principal
    expires_at: float


def key_id_of(token: str) -> str | None:
    """Which key it says it is signed with. Raises CredentialsRefusedError."""
    key_id: str | None = _header(token).get("kid")
    return key_id


def verify(token: str, keys: Iterable[PyJWK], rules: TokenRules) -> Verified:
    """Raises CredentialsRefusedError."""
    header = _header(token)
    fitting = [key for key in keys if _fits(key, header)]
    if not fitting:
        raise CredentialsRefusedError("The token is not signed with a key that is known here")
    claims = _claims(token, fitting, rules)
    return Verified(_principal(claims, rules), _moment(claims["exp"]))


def _header(token: str) -> Claims:
    try:
        return jwt.get_unverified_header(token)
    except Exception as error:
        raise _refused(error) from error


def _fits(key: PyJWK, header: Claims) -> bool:
    """The algorithm is the key's: a token of another one does not even find it."""
    named = header.get("kid")
    return key.algorithm_name == header.get("alg") and (None in (named, key.key_id) or named == key.key_id)


def _claims(token: str, keys: Sequence[PyJWK], rules: TokenRules) -> Claims:
    required = ["exp", "sub"]
    refusal: Exception = jwt.InvalidSignatureError()
    for key in keys:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=rules.audience,
                issuer=rules.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": required, "enforce_minimum_key_length": True},
            )
        except jwt.InvalidSignatureError as error:
            refusal = error
        except Exception as error:
            raise _refused(error) from error
    raise _refused(refusal) from refusal


def _moment(said: Any) -> float:  # noqa: ANN401 - a number, or digits
    try:
        return float(said)
    except OverflowError as error:
        raise _refused(error) from error


def _refused(error: Exception) -> CredentialsRefusedError:
    """Whatever a parser raises, a token that it cannot read is not valid."""
    if isinstance(error, jwt.MissingRequiredClaimError):
        return CredentialsRefusedError(f"The token lacks the claim {error.claim}")
    return CredentialsRefusedError(_REASONS.get(type(error), "The token is not well-formed"))


def _principal(claims: Claims, rules: TokenRules) -> Principal:
    """Never without a bond that the token speaks of, however badly it does."""
    subject, issuer = claims["sub"], claims.get("iss", "")
    if not subject or not f"{subject}{issuer}".isprintable():
        raise CredentialsRefusedError("The claim sub or iss of the token has no printable value")
    client_id = None
    if rules.client_claim in claims:
        client_id = claims[rules.client_claim]
        if not isinstance(client_id, str) or not has_id_characters(client_id):
            raise CredentialsRefusedError(f"The claim {rules.client_claim} of the token is not a client id")
    return Principal(name=f"jwt:{issuer} {subject}", scopes=_scopes(claims.get(rules.scope_claim)), client_id=client_id)


def _scopes(said: object) -> frozenset[Scope]:
    """Words apart by spaces (RFC 8693), or a list; those of other services are passed over."""
    words = said.split() if isinstance(said, str) else said if isinstance(said, list) else ()
    return frozenset(scope for scope in Scope if scope.value in words)
