"""What it shall reach: each figure with its bound, and whether it holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import auth, footprint, growth, http, insights, latency, telemetry, worker
from benchmarks.results import Results
from benchmarks.statistics import Spread, spread

FLAT = 1.05
"""Memory in the last fifth of ten minutes, as a multiple of that in the second fifth."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A bound: a value `at_least`, or else at most, so high."""

    title: str
    value: Spread
    bound: float
    unit: str = ""
    at_least: bool = True

    @property
    def holds(self) -> bool:
        return self.value.median >= self.bound if self.at_least else self.value.median <= self.bound

    @property
    def verdict(self) -> str:
        return "holds" if self.holds else "falls short"

    @property
    def line(self) -> str:
        """One line: what, how much, the bound, the verdict, and whether it means anything."""
        sense = ">=" if self.at_least else "<="
        measured = f"{shown(self.value)}{self.unit}, {sense} {number(self.bound)}{self.unit}"
        doubt = " (spread too wide: the machine was too busy for this to mean anything)" if self.value.noisy else ""
        return f"{self.verdict:11}  {self.title}: {measured}{doubt}"


def figures(results: Results, *, long: bool = False) -> list[Figure]:
    """Those that were measured."""
    return [
        *_worker(results),
        *_latency(results),
        *_http(results),
        *_auth(results),
        *_telemetry(results),
        *_memory(results),
        *_insights(results),
        *_growth(results, growth.largest(long=long)),
    ]


def number(value: float) -> str:
    """Three significant digits, or whole."""
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004


def shown(value: Spread) -> str:
    if value.low == value.high:
        return number(value.median)
    return f"{number(value.median)} ({number(value.low)} to {number(value.high)})"


def _worker(results: Results) -> Iterator[Figure]:
    bounds = [("null", "floor", 0.75), ("null", "bare", 0.5), ("mongo", "floor", 0.9)]
    against = [(store, flow, other, bound) for store, other, bound in bounds for flow in ("creates", "1:3")]
    for store, flow, other, bound in [*against, ("mongo", "creates", "naive", 6.0)]:
        ratio = results.ratio(worker.series(store, flow, "ours"), worker.series(store, flow, other), "rate")
        if ratio:
            yield Figure(f"worker, {store}, {flow}: times the {other}", ratio, bound)
    one, two = (worker.series("remote", "creates", "ours", workers) for workers in (1, 2))
    if ratio := results.ratio(two, one, "rate"):
        yield Figure("two workers on a store that takes 100 ms: times one", ratio, 1.8)


def _latency(results: Results) -> Iterator[Figure]:
    for series, what, bounds in (
        (latency.AT_CALM, "command to event at 50/s", {"p50": 8.0, "p99": 30.0}),
        (http.series("create, waiting", 1), "POST /orders, waiting, 1 connection", {"p50": 8.0, "p99": 25.0}),
    ):
        for metric, bound in bounds.items():
            if value := results.spread(series, metric):
                yield Figure(f"{what}, {metric}", value, bound, " ms", at_least=False)


def _http(results: Results) -> Iterator[Figure]:
    bounds = {
        http.ALONE: 5_000.0,
        "create, respond-async": 5_000.0,
        "create, waiting": 1_300.0,
        "read by id, cached": 8_000.0,
        "list, cached": 3_000.0,
    }
    for scenario, bound in bounds.items():
        if value := results.spread(http.series(scenario, 32), "rate"):
            yield Figure(f"HTTP {scenario}, 32 connections", value, bound, "/s")


def _auth(results: Results) -> Iterator[Figure]:
    for series, who in ((auth.KEY, "an API key"), (auth.TOKEN, "a token")):
        if ratio := results.quartiles(series, auth.OPEN, "cpu_us"):
            yield Figure(f"CPU of a cached read with {who}: times that without (quartiles)", ratio, 1.1, at_least=False)


def _telemetry(results: Results) -> Iterator[Figure]:
    for way, without, batch, bound, what in (
        ("metrics", "off", telemetry.SMALL, 1.03, "metrics"),
        ("off", "bare", telemetry.SMALL, 1.01, "metrics and traces off"),
        ("traces", "off", telemetry.SMALL, 1.05, "1 % of traces recorded"),
        ("traces", "off", telemetry.FULL, 1.05, "1 % of traces recorded"),
    ):
        if ratio := results.quartiles(telemetry.series(way, batch), telemetry.series(without, batch), "cpu_us"):
            title = f"CPU of a command with {what}, batches of {batch}: times that without (quartiles)"
            yield Figure(title, ratio, bound, at_least=False)


def _memory(results: Results) -> Iterator[Figure]:
    for role, bound in (("worker", 160.0), ("web", 120.0)):
        if value := results.spread(footprint.MEMORY + role, "loaded"):
            yield Figure(f"memory of a {role} under load", value, bound, " MB", at_least=False)
        held = results.values(f"{footprint.MEMORY}{role} over ten minutes", "held")
        fifth = len(held) // 5
        if fifth:
            early, late = spread(held[fifth : 2 * fifth]), spread(held[-fifth:])
            grown = late.median / early.median
            yield Figure(f"memory of a {role} over ten minutes", Spread(grown, grown, grown), FLAT, at_least=False)


def _insights(results: Results) -> Iterator[Figure]:
    if value := results.spread(insights.RESTORED, "seconds"):
        yield Figure(
            f"tables of {number(insights.ORDERS)} orders restored, from the start", value, 15.0, " s", at_least=False
        )


def _growth(results: Results, large: int) -> Iterator[Figure]:
    names = {"read": "a read by id", "list_client": "a client's list", "list_state": "a state's list"}
    for metric, what in {**names, "command": "a command"}.items():
        if ratio := results.ratio(growth.series(large), growth.series(growth.SMALL), metric):
            title = f"cost of {what} with {number(large)} orders: times that with {number(growth.SMALL)}"
            yield Figure(title, ratio, 1.3, at_least=False)
