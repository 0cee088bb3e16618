"""The cache in memory: the twin of Redis, without times to live."""

from collections.abc import Collection, Hashable, Sequence
from itertools import count

from orderflow.domain.lifecycle import State
from orderflow.ports import CachedOrder, CachedOutcome, CacheUnavailableError, Pending, Refresh


class InMemoryCache:
    """CacheRefresher, OrderCache and OutcomeCache; while `away` it behaves as a Redis that does not answer."""

    def __init__(self) -> None:
        self.away = False
        self.skipped = 0
        self._orders: dict[str, CachedOrder] = {}
        self._outcomes: dict[tuple[str, str], CachedOutcome] = {}
        self._pending: dict[tuple[str, str], Pending] = {}
        self._pages: dict[str, bytes] = {}
        self._generations: dict[Hashable, str] = {}
        self._numbers = count(1)

    async def refresh(self, refresh: Refresh) -> bool:
        if self.away:
            self.skipped += 1
            return False
        for order in refresh.orders:
            self._set_if_newer(order)
        for outcome in refresh.outcomes:
            self._set_if_better(outcome)
        for name in _names(refresh.clients, refresh.states):
            self._generations[name] = self._next_generation()
        return True

    async def order(self, order_id: str) -> CachedOrder | None:
        self._reach()
        return self._orders.get(order_id)

    async def fill(self, order: CachedOrder) -> None:
        self._reach()
        self._set_if_newer(order)

    async def generations(self, clients: Collection[str], states: Collection[State]) -> tuple[str, ...]:
        self._reach()
        names = _names(clients, states)
        return tuple(self._generations.setdefault(name, self._next_generation()) for name in names)

    async def page(self, key: str) -> bytes | None:
        self._reach()
        return self._pages.get(key)

    async def fill_page(self, key: str, body: bytes) -> None:
        self._reach()
        self._pages[key] = body

    async def outcome(self, order_id: str, command_id: str) -> bytes | Pending | None:
        self._reach()
        key = (order_id, command_id)
        known = self._outcomes.get(key)
        return known.body if known else self._pending.get(key)

    async def mark_pending(self, order_id: str, command_id: str, fingerprint: str) -> None:
        self._reach()
        self._pending.setdefault((order_id, command_id), Pending(fingerprint))

    def _reach(self) -> None:
        if self.away:
            raise CacheUnavailableError("away")

    def _set_if_newer(self, order: CachedOrder) -> None:
        known = self._orders.get(order.order_id)
        if known is None or known.version < order.version:
            self._orders[order.order_id] = order

    def _set_if_better(self, outcome: CachedOutcome) -> None:
        key = (outcome.order_id, outcome.command_id)
        known = self._outcomes.setdefault(key, outcome)
        if outcome.lasting and not known.lasting:
            self._outcomes[key] = outcome

    def _next_generation(self) -> str:
        return str(next(self._numbers))


def _names(clients: Collection[str], states: Collection[State]) -> Sequence[Hashable]:
    return [*(("client", client_id) for client_id in clients), *(("state", state) for state in states)]
