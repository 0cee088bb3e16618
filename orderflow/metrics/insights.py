"""What an insights role counts: orders of its own partitions, stuck ones among them, and moves."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening
from orderflow.insights.holdings import Holdings
from orderflow.metrics.reading import Reading, Samples

NOWHERE = "none"
"""Where an order comes from that was just created."""


class InsightsMetrics:
    """Sum them over all instances: each tells of the partitions that it owns. `now` is in milliseconds since 1970."""

    def __init__(
        self, registry: CollectorRegistry, holdings: Holdings, limits: Mapping[State, int], now: Callable[[], int]
    ) -> None:
        self._holdings = holdings
        self._limits = limits
        self._now = now
        self._moves: Counter[tuple[str, str]] = Counter()
        gauges: dict[str, tuple[str, Callable[[], Samples]]] = {
            "orderflow_orders": ("Orders in a state.", self._orders),
            "orderflow_stuck_orders": ("Orders that are in a state for longer than its limit.", self._stuck),
        }
        for name, (told, read) in gauges.items():
            registry.register(Reading(kind=GaugeMetricFamily, name=name, help=told, labels=("state",), read=read))
        registry.register(
            Reading(
                kind=CounterMetricFamily,
                name="orderflow_transitions",
                help="Moves of orders from one state to another, each counted once; a creation comes from none.",
                labels=("from_state", "to_state"),
                read=self._moves.items,
            )
        )

    def observed(self, news: Iterable[Happening]) -> None:
        """Events that were not seen before."""
        self._moves.update((event.previous_state or NOWHERE, event.state) for event in news if event.is_move)

    def _orders(self) -> Samples:
        return self._summed(State, (held.part.census.by_state for held in self._holdings.whole().values()))

    def _stuck(self) -> Samples:
        censuses = [held.part.census for held in self._holdings.whole().values()]
        return self._summed(self._limits, (census.count_waiting(self._limits, self._now()) for census in censuses))

    def _summed(self, states: Iterable[State], counts: Iterable[Mapping[State, int]]) -> Samples:
        total: Counter[State] = Counter()
        for some in counts:
            total.update(some)
        return [((state,), total[state]) for state in states]
