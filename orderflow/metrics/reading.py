"""Metrics whose values are kept elsewhere, as plain numbers, and looked up when somebody asks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

Samples = Iterable[tuple[Sequence[str], float]]
"""Label values, in the order of the labels, with the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Collector):
    """A counter or a gauge; `read` is called at every scrape and must not wait."""

    kind: type[CounterMetricFamily | GaugeMetricFamily]
    name: str
    help: str
    labels: tuple[str, ...] = ()
    read: Callable[[], Samples]

    def collect(self) -> Iterable[Metric]:
        family = self.kind(self.name, self.help, labels=self.labels)
        for labels, value in self.read():
            family.add_metric(labels, value)
        yield family
