"""What a role tells that reads from Kafka as a member of a group: its lag, and how often it had to try again."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from orderflow.metrics.reading import Reading

Lag = Mapping[tuple[str, int], int]
"""Topic and partition -> records that wait there."""
_SERVERS = frozenset({"kafka", "mongodb", "redis"})
_NONE_OF_THEM = "none"
"""What was tried again did not fail for a server: a step met something that nobody foresaw."""


def show_membership(registry: CollectorRegistry, *, lag: Callable[[], Lag], retries: Mapping[str, int]) -> None:
    registry.register(
        Reading(
            kind=GaugeMetricFamily,
            name="orderflow_consumer_lag_records",
            help="Records not acknowledged, as of the last fetch, on each partition that this instance has.",
            labels=("topic", "partition"),
            read=lambda: [((topic, str(partition)), waiting) for (topic, partition), waiting in lag().items()],
        )
    )
    registry.register(
        Reading(
            kind=CounterMetricFamily,
            name="orderflow_retries",
            help="Attempts that failed and were made again, by the server that was to be reached.",
            labels=("dependency",),
            read=lambda: [((server,), many) for server, many in _by_dependency(retries).items()],
        )
    )


def show_misplaced(registry: CollectorRegistry, misplaced: Callable[[], int]) -> None:
    registry.register(
        Reading(
            kind=CounterMetricFamily,
            name="orderflow_misplaced_records",
            help="Records on a partition that their key does not belong to.",
            read=lambda: [((), misplaced())],
        )
    )


def _by_dependency(retries: Mapping[str, int]) -> Mapping[str, int]:
    found = dict.fromkeys(sorted(_SERVERS), 0)
    for server, many in retries.items():
        name = server.lower() if server.lower() in _SERVERS else _NONE_OF_THEM
        found[name] = found.get(name, 0) + many
    return found
