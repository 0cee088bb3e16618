"""What the facade counts: requests, how long they took, and reads that the cache answered."""

from functools import cache
from typing import Literal

from prometheus_client import Counter, Histogram

from orderflow.metrics.buckets import SECONDS
from orderflow.metrics.role import RoleMetrics
from orderflow.wire.methods import METHODS

UNMATCHED, OTHER = "unmatched", "other"


class FacadeMetrics:
    """No label holds what a client made up: a path without a route is `unmatched`, a strange method `other`."""

    def __init__(self, role: RoleMetrics) -> None:
        self.role = role
        self._requests = cache(
            Counter(
                "orderflow_http_requests",
                "Requests answered; 499 where the client was gone before.",
                ["method", "route", "status"],
                registry=role.registry,
            ).labels
        )
        self._durations = cache(
            Histogram(
                "orderflow_http_request_duration_seconds",
                "From a request's headers to its answer; live streams are left out.",
                ["method", "route"],
                registry=role.registry,
                buckets=SECONDS,
            ).labels
        )
        self._reads = cache(
            Counter(
                "orderflow_cache_requests",
                "Reads that the cache could have answered, and whether it did.",
                ["kind", "result"],
                registry=role.registry,
            ).labels
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float | None) -> None:
        """`route` is a pattern, or None; `seconds` None for what is not measured."""
        method, route = method if method in METHODS else OTHER, route or UNMATCHED
        self._requests(method, route, str(status)).inc()
        if seconds is not None:
            self._durations(method, route).observe(seconds)

    def read(self, kind: Literal["order", "list"], result: str) -> None:
        """`result` is what `X-Cache` says."""
        self._reads(kind, result.lower()).inc()
