"""The orders of one partition: how each stands, and counts that follow from nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import takewhile

from orderflow.domain.lifecycle import TERMINAL, State
from orderflow.domain.standing import Standing


class Census:
    """Counts are derived: whatever put the standings in, and however often, each order counts once.

    It holds every order for ever: an event may be repeated at any time.
    """

    def __init__(self) -> None:
        self.standings: dict[str, Standing] = {}
        self.by_state: Counter[State] = Counter()
        self.by_client: dict[str, Counter[State]] = defaultdict(Counter)
        self.on_hold = 0
        self._waiting: dict[State, dict[str, int]] = {state: {} for state in State if state not in TERMINAL}

    def put(self, order_id: str, standing: Standing) -> bool:
        """False, and no change, where the order is known at a newer version."""
        before = self.standings.get(order_id)
        if before is not None:
            if standing.version < before.version:
                return False
            self._leave(order_id, before, standing)
        self.standings[order_id] = standing
        self._enter(order_id, standing)
        return True

    def in_order(self) -> None:
        """Sort those that wait: after a recovery they stand in the order of their last change, not of their state."""
        self._waiting = {
            state: dict(sorted(orders.items(), key=lambda order: order[1])) for state, orders in self._waiting.items()
        }

    def waiting(self, limits: Mapping[State, int], now: int) -> Iterator[tuple[str, Standing]]:
        """Those in a state for longer than its limit (ms), the longest of each state first."""
        for state, limit in limits.items():
            for order_id, since in self._waiting[state].items():
                if since + limit > now:
                    # Orders enter in the order of time, but for what clocks differ by.
                    break
                yield order_id, self.standings[order_id]

    def count_waiting(self, limits: Mapping[State, int], now: int) -> dict[State, int]:
        """How many those are, of each state where there are any."""
        counts = {state: self._count_late(state, now - limit) for state, limit in limits.items()}
        return {state: count for state, count in counts.items() if count}

    def _count_late(self, state: State, entered: int) -> int:
        return sum(1 for _ in takewhile(lambda since: since <= entered, self._waiting[state].values()))

    def _enter(self, order_id: str, standing: Standing) -> None:
        self.by_state[standing.state] += 1
        self.by_client[standing.client_id][standing.state] += 1
        self.on_hold += standing.on_hold
        if standing.state not in TERMINAL:
            self._waiting[standing.state].setdefault(order_id, standing.since)

    def _leave(self, order_id: str, before: Standing, after: Standing) -> None:
        self.by_state[before.state] -= 1
        self.by_client[before.client_id][before.state] -= 1
        self.on_hold -= before.on_hold
        if before.state not in TERMINAL and (before.state, before.since) != (after.state, after.since):
            del self._waiting[before.state][order_id]
