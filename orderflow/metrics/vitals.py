"""What a worker has done lately: commands a second, how long they took, and all outcomes so far."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate

from orderflow.metrics.worker import WorkerMetrics
from orderflow.wire.pulse import LatencySeconds


class Vitals:
    """Of the time since it was last asked."""

    def __init__(self, counted: WorkerMetrics, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._counted = counted
        self._monotonic = monotonic
        self._latencies = list(counted.latency.counts)
        self._asked = monotonic()

    def take(self) -> tuple[float, LatencySeconds | None]:
        """Commands per second, and the latencies of those that there were."""
        now, counts = self._monotonic(), list(self._counted.latency.counts)
        lately = [count - before for count, before in zip(counts, self._latencies, strict=True)]
        seconds, self._asked, self._latencies = now - self._asked, now, counts
        many, bounds = sum(lately), self._counted.latency.bounds
        latency = (
            LatencySeconds(p50=quantile(bounds, lately, 0.5), p99=quantile(bounds, lately, 0.99)) if many else None
        )
        return round(many / seconds, 1) if seconds else 0.0, latency

    @property
    def outcomes(self) -> dict[str, int]:
        """How many commands ended so, of any type."""
        ends: Counter[str] = Counter()
        for (_, outcome), many in self._counted.ends.items():
            ends[str(outcome)] += many
        return dict(ends)


def quantile(bounds: Sequence[float], counts: Sequence[int], share: float) -> float:
    """Within its bucket, as Prometheus' histogram_quantile() estimates it; beyond the last bound it is that bound."""
    wanted, below = share * sum(counts), 0
    for index, reached in enumerate(accumulate(counts)):
        if reached >= wanted and counts[index]:
            if index == len(bounds) - 1:
                break
            low = bounds[index - 1] if index else 0.0
            return low + (bounds[index] - low) * (wanted - below) / counts[index]
        below = reached
    return bounds[-2]
