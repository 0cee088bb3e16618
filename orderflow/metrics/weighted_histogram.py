"""A histogram that takes many equal observations at once, which prometheus-client's own does not."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class WeightedHistogram(Collector):
    """`bounds` are the upper ends of its buckets, rising; what lies beyond them falls into one more."""

    def __init__(self, name: str, documentation: str, bounds: Sequence[float]) -> None:
        self._name = name
        self._documentation = documentation
        self.bounds = (*bounds, float("inf"))
        self.counts = [0] * len(self.bounds)
        self._sum = 0.0

    def observe(self, values: Iterable[tuple[float, int]]) -> None:
        """Each value, with how often there was it."""
        for value, weight in values:
            self.counts[bisect_left(self.bounds, value)] += weight
            self._sum += value * weight

    def collect(self) -> Iterable[Metric]:
        ends = map(floatToGoString, self.bounds)
        buckets = list(zip(ends, map(float, accumulate(self.counts)), strict=True))
        yield HistogramMetricFamily(self._name, self._documentation, buckets=buckets, sum_value=self._sum)
