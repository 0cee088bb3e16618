"""Pages of orders as JSON, made of encoded orders."""

import orjson

from orderflow.domain.listing import Total
from orderflow.wire import list_shapes, shapes
from orderflow.wire.json import dumps

ORDER_FIELDS = tuple(shapes.Order.__annotations__)


def picked(order: bytes, fields: tuple[str, ...]) -> bytes:
    """An encoded order with these fields only."""
    whole = orjson.loads(order)
    return dumps({name: whole[name] for name in fields})


def encode_list(orders: list[bytes], next_cursor: str | None, total: Total | None = None) -> bytes:
    """`list_shapes.OrderList`; it ends with the cursor, which is read from there."""
    counted = b',"total":' + dumps(total_json(total)) if total else b""
    return b'{"orders":[%s]%s,"next_cursor":%s}' % (b",".join(orders), counted, dumps(next_cursor))


def total_json(total: Total) -> list_shapes.Total:
    return {"value": total.value, "relation": "eq" if total.exact else "gte"}
