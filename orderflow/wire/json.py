"""JSON out, in one way everywhere: UTF-8, UTC times with Z, amounts as numbers."""

from decimal import Decimal

import orjson

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(value: object) -> bytes:
    """Serialise dicts, dataclass-free: str, int, float, bool, None, enums, datetimes, Decimals, lists, tuples."""
    return orjson.dumps(value, default=_number, option=_OPTIONS)


def dumps_keyed(value: object) -> bytes:
    """The same where keys of dicts may be enums or numbers; it takes longer."""
    return orjson.dumps(value, default=_number, option=_OPTIONS | orjson.OPT_NON_STR_KEYS)


def _number(value: object) -> float:
    """An amount has at most 15 digits, which a double carries exactly."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
