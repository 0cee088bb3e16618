"""The limits of every field, stated once as types; whoever parses a command enforces them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from annotated_types import Interval, Len, Predicate

MAX_TEXT = 1_000
MAX_ITEMS = 500
MAX_TOTAL = Decimal(10**11)
"""Fifteen digits with its four decimals: what a JSON number (a double) carries exactly."""
MAX_HISTORY = 10_000
MAX_LEDGER = 64
MAX_SOURCES = 4
MAX_RECORD_BYTES = 2**20
MAX_ORDER_BYTES = 8 * 2**20
MAX_BULK = 1_000
MAX_BULK_BYTES = 8 * 2**20


_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def has_id_characters(value: str) -> bool:
    return _ID.fullmatch(value) is not None


def has_at_most_4_decimals(value: Decimal) -> bool:
    """Counts written zeros too, and leaves no exponent that a store could not keep."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -4 <= exponent <= 9  # noqa: PLR2004 - the digits of the largest price


def has_time_zone(value: datetime) -> bool:
    return value.tzinfo is not None


def is_currency_code(value: str) -> bool:
    return _CURRENCY.fullmatch(value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """What a JSON Schema says of a limit that is a predicate here, in the way that pydantic asks for it.

    With `formats`, a text is of the pattern or of one of these.
    """

    pattern: str | None = None
    description: str | None = None
    formats: tuple[str, ...] = ()

    def __get_pydantic_json_schema__(
        self, core: object, schema_of: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        pattern: dict[str, object] = {"pattern": f"^{self.pattern}$"} if self.pattern else {}
        if self.formats:
            pattern = {"anyOf": [*({"format": name} for name in self.formats), pattern]}
        described = {"description": self.description} if self.description else {}
        return schema_of(core) | pattern | described


Id = Annotated[str, Predicate(has_id_characters), Documented(pattern=_ID.pattern)]
Text = Annotated[str, Len(0, MAX_TEXT)]
FilledText = Annotated[str, Len(1, MAX_TEXT)]
Quantity = Annotated[int, Interval(ge=1, le=1_000_000)]
Price = Annotated[
    Decimal,
    Interval(ge=Decimal(0), le=Decimal(10**9)),
    Predicate(has_at_most_4_decimals),
    Documented(description="At most 4 decimals."),
]
Currency = Annotated[str, Predicate(is_currency_code), Documented(pattern=_CURRENCY.pattern)]
Version = Annotated[int, Interval(ge=1, le=2**31 - 1)]
Instant = Annotated[
    datetime,
    Predicate(has_time_zone),
    Interval(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC)),
]
"""The range keeps it representable in every time zone and in every store."""
Latitude = Annotated[float, Interval(ge=-90, le=90)]
Longitude = Annotated[float, Interval(ge=-180, le=180)]
