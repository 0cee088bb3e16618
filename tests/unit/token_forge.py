"""Tokens, good and forged, and the keys that they are signed with."""

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from orderflow.access.tokens import TokenRules

SECRET = "a secret that only the issuer and orderflow know"  # noqa: S105 - it is none
AUDIENCE, ISSUER = "orderflow", "https://issuer.example"
RULES = TokenRules(audience=AUDIENCE, issuer=ISSUER)
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
OTHER_RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def claims(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Of a token that is good for a minute; a claim changed to None is left out."""
    now = int(time.time())
    all_of_them = {
        "sub": "alice",
        "aud": AUDIENCE,
        "iss": ISSUER,
        "exp": now + 60,
        "iat": now,
        "scope": "orders:read orders:write",
        **changed,
    }
    return {name: value for name, value in all_of_them.items() if value is not None}


def token(key: Any = SECRET, algorithm: str = "HS256", kid: str | None = None, **changed: Any) -> str:  # noqa: ANN401
    return jwt.encode(claims(**changed), key, algorithm, headers={"kid": kid} if kid else None)


def forged(header: object, payload: object, signature: bytes = b"") -> str:
    """Whatever it says of itself."""
    return ".".join(map(_segment, (json.dumps(header).encode(), json.dumps(payload).encode(), signature)))


def public_pem(key: Any) -> bytes:  # noqa: ANN401 - of either kind
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def jwk(key: PrivateKeyTypes, **members: str) -> dict[str, Any]:
    """The public half, as a member of a key set."""
    kind: Any = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**kind.to_jwk(key.public_key(), as_dict=True), "use": "sig", **members}


def key_set_of(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": keys}).encode()


def _segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
