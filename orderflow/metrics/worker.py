"""What a worker counts: commands by type and outcome, how long they took, batches and their steps."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client import Counter as PrometheusCounter
from prometheus_client.core import CounterMetricFamily

from orderflow.domain.commands import CommandType
from orderflow.metrics.buckets import COMMANDS, SECONDS
from orderflow.metrics.reading import Reading, Samples
from orderflow.metrics.steps import StepTimers
from orderflow.metrics.weighted_histogram import WeightedHistogram
from orderflow.processing.batch import Folded
from orderflow.processing.encoding import ReadRecord
from orderflow.processing.instruments import UNNOTICED, Done
from orderflow.wire.commands import Stage, Unreadable
from orderflow.wire.records import Record

_TYPES = frozenset(CommandType)
REPLAYED, DEAD_LETTERED = "replayed", "dead-lettered"
UNKNOWN = "unknown"
"""The type of a command that has none of ours: labels hold nothing that a stranger has made up."""


class WorkerMetrics:
    """Instruments. Numbers that grow with every command are plain ones, added up once per batch."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.timed = StepTimers(registry).timed
        self.ends: Counter[tuple[str, str]] = Counter()
        self.latency = WeightedHistogram(
            "orderflow_command_latency_seconds", "From a command's record to its effect, durable.", SECONDS
        )
        registry.register(self.latency)
        registry.register(_commands(lambda: list(self.ends.items())))
        self._batches = Histogram(
            "orderflow_batch_commands", "Commands in a batch.", registry=registry, buckets=COMMANDS
        )
        letters = PrometheusCounter("orderflow_dead_letters", "Records set aside.", ["stage"], registry=registry)
        self._letters = {stage: letters.labels(stage) for stage in Stage}
        self._conflicts = PrometheusCounter(
            "orderflow_conflicts", "Batches folded again because of somebody else's write.", registry=registry
        )
        self._skipped = PrometheusCounter(
            "orderflow_cache_refreshes_skipped", "Batches whose cache stays as it was.", registry=registry
        )

    def taken(self, _records: Sequence[Record]) -> AbstractContextManager[Done]:
        return UNNOTICED

    def persisted(self, batch: Sequence[ReadRecord], folded: Folded) -> None:
        self._batches.observe(len(batch))
        self.ends.update(_ends(folded))
        if folded.dead_letters:
            self._count_letters(Counter(reading.stage for _, reading in batch if isinstance(reading, Unreadable)))
        now = self._clock()
        written = Counter([record.timestamp for record, _ in batch])
        # Several moments are one latency, none, where the broker's clock is ahead.
        self.latency.observe((max(0.0, now - moment / 1000), many) for moment, many in written.items())

    def buried(self, command_type: str | None) -> None:
        self.ends[_bounded(command_type), DEAD_LETTERED] += 1
        self._letters[Stage.APPLY].inc()

    def conflicted(self) -> None:
        self._conflicts.inc()

    def refresh_skipped(self) -> None:
        self._skipped.inc()

    def _count_letters(self, stages: Counter[Stage]) -> None:
        for stage, many in stages.items():
            self._letters[stage].inc(many)
            self.ends[UNKNOWN, DEAD_LETTERED] += many


def _commands(read: Callable[[], Samples]) -> Reading:
    return Reading(
        kind=CounterMetricFamily,
        name="orderflow_commands",
        help="Commands handled. A repeat counts as replayed, whatever became of the command before.",
        labels=("type", "outcome"),
        read=read,
    )


def _ends(folded: Folded) -> Counter[tuple[str, str]]:
    ends: Counter[tuple[str, str]] = Counter()
    for (kind, status), many in Counter([(outcome.type, outcome.status) for outcome, _ in folded.outcomes]).items():
        ends[_bounded(kind), status] += many
    for (kind, status), many in Counter([(outcome.type, outcome.status) for outcome in folded.repeats]).items():
        ends[_bounded(kind), status] -= many
        ends[_bounded(kind), REPLAYED] += many
    return ends


def _bounded(command_type: str | None) -> str:
    return command_type if command_type in _TYPES else UNKNOWN
