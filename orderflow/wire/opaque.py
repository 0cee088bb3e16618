"""Bytes as a word that fits into URLs and headers, and that nobody but us has to read."""

import base64


def encode_opaque(told: bytes) -> str:
    """Base64 with `-` and `_`, and without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def decode_opaque(word: str) -> bytes:
    """Raises ValueError. Of some words the last bits do not count: what must be genuine has to be encoded again."""
    return base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
