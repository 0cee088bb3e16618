"""The orders a worker has just written, kept in memory so that their next command needs no load."""

from collections import OrderedDict
from collections.abc import Iterable

from orderflow.domain.stored import StoredOrder


class HotOrders:
    """A least-recently-used map bounded by the stored size of its orders, in bytes; absence is never kept."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._orders: OrderedDict[str, tuple[StoredOrder, int]] = OrderedDict()

    def get(self, order_id: str) -> StoredOrder | None:
        kept = self._orders.get(order_id)
        if kept is None:
            return None
        self._orders.move_to_end(order_id)
        return kept[0]

    def keep(self, stored: StoredOrder, size: int) -> None:
        self.drop((stored.order.order_id,))
        self._orders[stored.order.order_id] = (stored, size)
        self._bytes += size
        while self._bytes > self._max_bytes:
            _, (_, oldest) = self._orders.popitem(last=False)
            self._bytes -= oldest

    def drop(self, order_ids: Iterable[str]) -> None:
        for order_id in order_ids:
            _, size = self._orders.pop(order_id, (None, 0))
            self._bytes -= size

    def clear(self) -> None:
        self._orders.clear()
        self._bytes = 0
