"""What every role tells: which build it is, what its process uses, whether the servers it needs answer."""

import platform
from collections.abc import Mapping
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, disable_created_metrics, generate_latest
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Else there is one series more for each counter and histogram, which says only since when it has been counting.
disable_created_metrics()  # type: ignore[no-untyped-call]


class RoleMetrics:
    """A registry, of its own for each role, to which others add."""

    def __init__(self, role: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        build = Gauge(
            "orderflow_build_info",
            "Which build this is; always 1.",
            ["version", "python", "role"],
            registry=self.registry,
        )
        build.labels(version("orderflow"), platform.python_version(), role).set(1)
        self._ready = Gauge(
            "orderflow_dependency_ready",
            "Whether a server that the role talks to answers: 1 or 0.",
            ["dependency"],
            registry=self.registry,
        )

    def shown(self, ready: Mapping[str, bool]) -> bytes:
        """Everything, in Prometheus' text format; `ready` tells for each server whether it answers just now."""
        for dependency, answers in ready.items():
            self._ready.labels(dependency).set(answers)
        return generate_latest(self.registry)
