"""The keys that tokens are verified with. Each is good for one algorithm, whatever a token says of itself."""

import base64
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt import PyJWK
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

MIN_SECRET_BYTES = 32
_MIN_RSA_BITS = 2048
_MAX_KEYS = 100
_OF_SETS = ("RS256", "ES256")
"""A set is public, so a secret in it would be none."""


def secret_key(secret: str) -> PyJWK:
    """For HS256."""
    return PyJWK({"kty": "oct", "k": base64.urlsafe_b64encode(secret.encode()).decode()}, "HS256")


def public_key(pem: bytes) -> PyJWK:
    """For RS256 or ES256, by its type. Raises ValueError."""
    match load_pem_public_key(pem):
        case RSAPublicKey() as key if key.key_size >= _MIN_RSA_BITS:
            return PyJWK(RSAAlgorithm.to_jwk(key, as_dict=True), "RS256")
        case EllipticCurvePublicKey(curve=SECP256R1()) as key:
            return PyJWK(ECAlgorithm.to_jwk(key, as_dict=True), "ES256")
        case _:
            raise ValueError(f"neither an RSA key of {_MIN_RSA_BITS} bits or more nor one of the curve P-256")


def key_set(document: bytes) -> tuple[PyJWK, ...]:
    """The usable keys of a JSON Web Key Set (RFC 7517). Raises ValueError where there is none."""
    said = orjson.loads(document)
    entries = said.get("keys") if isinstance(said, dict) else None
    found = [key for entry in (entries if isinstance(entries, list) else ())[:_MAX_KEYS] if (key := _usable(entry))]
    if not found:
        raise ValueError("it is no key set with a key for RS256 or ES256")
    return tuple(found)


def _usable(entry: Any) -> PyJWK | None:  # noqa: ANN401 - any JSON
    try:
        key = PyJWK(entry)
    except Exception:  # noqa: BLE001 - one that nobody can read is passed over, the others count
        return None
    return key if key.algorithm_name in _OF_SETS and key.public_key_use in (None, "sig") else None
