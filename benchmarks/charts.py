"""The results as bars in SVG: the median, and a whisker from the lowest to the highest."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from benchmarks.results import Results
from benchmarks.statistics import Spread

_WIDTH, _LABEL, _BAR, _GAP, _TOP = 760, 260, 18, 8, 40
_CHARTS = {
    "worker-null": ("worker/null/", "rate", "Commands a second without a database"),
    "worker-mongo": ("worker/mongo/", "rate", "Commands a second with a database"),
    "worker-cpu": ("worker/null/", "cpu_us", "Processor time of a command, microseconds"),
    "http-rate": ("http/", "rate", "HTTP answers a second, by request and connections"),
    "http-p99": ("http/", "p99", "HTTP latency, 99th percentile, ms"),
    "latency": ("latency/", "p99", "Command to event, 99th percentile, ms"),
    "memory": ("memory/", "loaded", "Memory under load, MB"),
    "growth-read": ("growth/", "read", "A read by id, ms, by orders in the collection"),
    "growth-list": ("growth/", "list_client", "A client's list, ms, by orders in the collection"),
}
_LEFT_OUT = "the load generator"

Bar = tuple[str, Spread]


def charts(results: Results) -> dict[str, str]:
    """File name -> SVG, for what was measured."""
    drawn = {name: (title, _bars(results, prefix, metric)) for name, (prefix, metric, title) in _CHARTS.items()}
    return {f"{name}.svg": svg(title, bars) for name, (title, bars) in drawn.items() if bars}


def svg(title: str, bars: Sequence[Bar]) -> str:
    """Bars to one scale, which begins at zero."""
    height = _TOP + len(bars) * (_BAR + _GAP) + _GAP
    scale = (_WIDTH - _LABEL - 110) / max(1e-9, *(value.high for _, value in bars))
    rows = "".join(_row(number, bar, scale) for number, bar in enumerate(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="{_GAP}" y="24" font-size="15" fill="#222222">{escape(title)}</text>{rows}</svg>\n'
    )


def _row(number: int, bar: Bar, scale: float) -> str:
    label, value = bar
    y = _TOP + number * (_BAR + _GAP)
    middle, end = y + _BAR / 2, _LABEL + value.high * scale
    contestants = {"floor", "bare", "naive"}
    fill = "#9db4c8" if contestants.intersection(label.split("/")) else "#2a6fb0"
    return (
        f'<text x="{_LABEL - _GAP}" y="{middle + 4}" text-anchor="end" fill="#222222">{escape(label)}</text>'
        f'<rect x="{_LABEL}" y="{y}" width="{value.median * scale:.1f}" height="{_BAR}" fill="{fill}"/>'
        f'<line x1="{_LABEL + value.low * scale:.1f}" x2="{end:.1f}" y1="{middle}" y2="{middle}" stroke="#222222"/>'
        f'<text x="{end + _GAP:.1f}" y="{middle + 4}" fill="#222222">{value.median:,.4g}</text>'
    )


def _bars(results: Results, prefix: str, metric: str) -> list[Bar]:
    found = [(series.removeprefix(prefix), results.spread(series, metric)) for series in results.series(prefix)]
    return [(label, value) for label, value in found if value and not label.startswith(_LEFT_OUT)]
