"""`fields=`: what is shown of an order."""

from typing import Annotated

from aiohttp.web import Request

from orderflow.domain.limits import Documented
from orderflow.wire.list_json import ORDER_FIELDS
from web.http.parameters import Parameter, Parameters

_ONE = f"({'|'.join(ORDER_FIELDS)})"


def _fields(value: str) -> tuple[str, ...]:
    """In the order of the representation, and the id with whatever is named."""
    named = set(value.split(","))
    if not named <= set(ORDER_FIELDS):
        raise ValueError(f"must be some of {', '.join(ORDER_FIELDS)}, with commas between them")
    return tuple(name for name in ORDER_FIELDS if name in named | {"order_id"})


FIELDS = Parameter(
    name="fields",
    parse=_fields,
    type=Annotated[str, Documented(pattern=rf"{_ONE}(,{_ONE})*")],
    description="Only these fields of an order, with commas between them, and its `order_id`.",
)


def read_fields(request: Request) -> tuple[str, ...] | None:
    """None where everything is shown. Raises RefusedError."""
    if not request.query_string:
        return None
    parameters = Parameters(request.query, (FIELDS,))
    fields = parameters.one(FIELDS)
    parameters.raise_errors()
    return fields
