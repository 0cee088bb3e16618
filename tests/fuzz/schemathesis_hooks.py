"""What no schema can say of our requests, kept by those that schemathesis makes to be valid.

- To JSON Schema 1.0 is an integer; to us it is none. No double is a multiple of 0.0001, so decimals are not counted.
- The items of an order may not add up to more than an order may cost.
- An order is placed after 1970; `format: date-time` begins earlier.
- A version in the body and another one in `If-Match` contradict each other; and where schemathesis finds no entity tag
  for its coverage it writes 0, which is none.
- An idempotency key means one body; schemathesis sends several under one.
"""

from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

DECIMALS, AFFORDABLE = 4, 100
KEY = "Idempotency-Key"
TAGS = ("If-Match", "If-None-Match")
PLACEHOLDER = "0"

_used: set[str] = set()


@schemathesis.hook
def map_case(_: HookContext, case: Case) -> Case:
    positive = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
    # Quoted and bare it is the same key.
    key = case.headers.get(KEY, "").strip(' "') if case.headers else ""
    if positive:
        case.body = written(case.body)
        if key in _used:
            del case.headers[KEY]
        for name in TAGS:
            if _contradicts(case, name):
                del case.headers[name]
    if key:
        _used.add(key)
    return case


def written(said: Any) -> Any:  # noqa: ANN401 - any JSON
    """As a client writes it that knows its own time and what an order may cost."""
    if isinstance(said, dict):
        return {name: _FIELDS.get(name, written)(value) for name, value in said.items()}
    if isinstance(said, list):
        return [written(member) for member in said]
    return _number(said)


def _contradicts(case: Case, name: str) -> bool:
    value = case.headers.get(name) if case.headers else None
    versioned = isinstance(case.body, dict) and "expected_version" in case.body
    return value == PLACEHOLDER or (value is not None and versioned)


def _affordable(said: Any) -> Any:  # noqa: ANN401 - any JSON
    number = _number(said)
    return min(number, AFFORDABLE) if isinstance(number, int | float) else number


def _recent(said: Any) -> Any:  # noqa: ANN401 - any JSON
    """In this millennium."""
    return f"2{said[1:]}" if isinstance(said, str) else said


_FIELDS = {"price": _affordable, "placed_at": _recent}


def _number(said: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(said, float):
        return said
    return int(said) if said.is_integer() else round(said, DECIMALS)
