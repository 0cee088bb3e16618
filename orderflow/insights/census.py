"""The orders of one partition: how each stands, and counts that follow from nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import takewhile

from orderflow.domain.lifecycle import TERMINAL, State
from orderflow.domain.standing import Standing

CLOCKS_DIFFER = 60_000
"""Milliseconds by which orders may stand out of order among those that wait."""


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
        self._newest: Counter[State] = Counter()
        self._disordered: set[State] = set()

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
        """After a recovery those that wait stand in the order of their last change, not of their state."""
        self._disordered.update(self._waiting)

    def waiting(self, limits: Mapping[State, int], now: int) -> Iterator[tuple[str, Standing]]:
        """Those in a state for longer than its limit (ms), the longest of each state first."""
        for state, limit in limits.items():
            for order_id, since in self._longest_first(state).items():
                if since + limit > now:
                    break
                yield order_id, self.standings[order_id]

    def count_waiting(self, limits: Mapping[State, int], now: int) -> dict[State, int]:
        """How many those are, of each state where there are any."""
        counts = {state: self._count_late(state, now - limit) for state, limit in limits.items()}
        return {state: count for state, count in counts.items() if count}

    def _count_late(self, state: State, entered: int) -> int:
        return sum(1 for _ in takewhile(lambda since: since <= entered, self._longest_first(state).values()))

    def _longest_first(self, state: State) -> Mapping[str, int]:
        """They enter so, but for what clocks differ by; where that is much they are sorted."""
        waiting = self._waiting[state]
        if state in self._disordered:
            self._disordered.remove(state)
            waiting = self._waiting[state] = dict(sorted(waiting.items(), key=lambda order: order[1]))
            self._newest[state] = max(waiting.values(), default=0)
        return waiting

    def _wait(self, order_id: str, state: State, since: int) -> None:
        if since + CLOCKS_DIFFER < self._newest[state]:
            self._disordered.add(state)
        self._newest[state] = max(since, self._newest[state])
        self._waiting[state].setdefault(order_id, since)

    def _enter(self, order_id: str, standing: Standing) -> None:
        self.by_state[standing.state] += 1
        self.by_client[standing.client_id][standing.state] += 1
        self.on_hold += standing.on_hold
        if standing.state not in TERMINAL:
            self._wait(order_id, standing.state, standing.since)

    def _leave(self, order_id: str, before: Standing, after: Standing) -> None:
        self.by_state[before.state] -= 1
        self.by_client[before.client_id][before.state] -= 1
        self.on_hold -= before.on_hold
        if before.state not in TERMINAL and (before.state, before.since) != (after.state, after.since):
            del self._waiting[before.state][order_id]
