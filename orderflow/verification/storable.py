"""What was read becomes a row only when it fits into one: texts, bytes and numbers of 64 bits."""

from typing import Any, TypeGuard

from orderflow.verification.evidence import Row

_LEAST, _MOST = -(2**63), 2**63 - 1


class UnstorableError(ValueError):
    """A value that no column holds, so no honest writer wrote it."""


def is_number(value: Any) -> TypeGuard[int]:  # noqa: ANN401 - whatever somebody wrote
    return isinstance(value, int) and _LEAST <= value <= _MOST


def storable(row: Row) -> Row:
    """The row itself. Raises UnstorableError."""
    for value in row:
        if not (value is None or isinstance(value, str | bytes) or is_number(value)):
            raise UnstorableError(f"{str(value)[:50]} is no text and no number of 64 bits")
    return row
