"""The results as tables, for a terminal and for Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table as RichTable

from benchmarks.figures import number, shown
from benchmarks.results import Results

COLUMNS: Mapping[str, str] = {
    "rate": "per second",
    "cpu_us": "CPU us each",
    "core_1": "cores used",
    "core_2": "by the second",
    "p50": "p50 ms",
    "p99": "p99 ms",
    "hits": "cache hits",
    "failed": "failed",
    "missing": "missing",
    "seconds": "seconds",
    "idle": "idle MB",
    "loaded": "under load MB",
    "held": "MB",
    "read": "read ms",
    "list_client": "client's list ms",
    "list_state": "state's list ms",
    "command": "command ms",
}
TITLES = {
    "worker/": "Worker: commands to events",
    "http/": "HTTP: one facade, one worker; name and connections",
    "auth/": "Authentication: a cached read, 8 connections",
    "telemetry/": "Being watched: a command without Kafka, MongoDB and Redis",
    "latency/": "Latency: command to event",
    "start/": "Start until ready",
    "memory/": "Memory (RSS)",
    "insights/": "Insights",
    "growth/": "Cost as the collection grows: orders in it",
    "target/": "HTTP: another service",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Medians, with the lowest and highest where they differ."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def rich(self) -> RichTable:
        table = RichTable(title=self.title, title_justify="left")
        for index, column in enumerate(self.columns):
            table.add_column(column, justify="right" if index else "left", no_wrap=not index)
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = (f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows))
        return f"### {self.title}\n\n" + "\n".join(lines) + "\n"


def tables(results: Results) -> list[Table]:
    """One for each part that was measured."""
    return [_table(results, prefix, title) for prefix, title in TITLES.items() if results.series(prefix)]


def _table(results: Results, prefix: str, title: str) -> Table:
    named = results.series(prefix)
    metrics = [metric for metric in COLUMNS if any(results.values(series, metric) for series in named)]
    rows = [[series.removeprefix(prefix), *(_cell(results, series, metric) for metric in metrics)] for series in named]
    return Table(title, ["", *(COLUMNS[metric] for metric in metrics)], rows)


def _cell(results: Results, series: str, metric: str) -> str:
    value = results.spread(series, metric)
    if value is None:
        return ""
    return number(value.median) if metric in ("failed", "missing", "hits") else shown(value)
