"""How long each step of a batch takes."""

from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Histogram

from orderflow.metrics.buckets import SECONDS
from orderflow.processing.instruments import Step


class StepTimers:
    """One attempt is one observation, whatever its end."""

    def __init__(self, registry: CollectorRegistry) -> None:
        durations = Histogram(
            "orderflow_step_duration_seconds",
            "One attempt at a step of a batch.",
            ["step"],
            registry=registry,
            buckets=(0.0005, *SECONDS),
        )
        self._durations = {step: durations.labels(step) for step in Step}

    def timed(self, step: Step) -> AbstractContextManager[object]:
        return self._durations[step].time()
