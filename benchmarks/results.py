"""What was measured: for each series (worker/null/creates/ours) and metric one value per round."""

from collections import defaultdict
from collections.abc import Mapping

from benchmarks.statistics import Spread, quartiles, ratios, spread

Values = Mapping[str, Mapping[str, list[float]]]


class Results:
    """Values in the order of their rounds."""

    def __init__(self) -> None:
        self._series: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, series: str, **metrics: float) -> None:
        for metric, value in metrics.items():
            self._series[series][metric].append(value)

    def values(self, series: str, metric: str) -> list[float]:
        """Empty where nothing was measured."""
        return list(self._series.get(series, {}).get(metric, ()))

    def spread(self, series: str, metric: str) -> Spread | None:
        values = self.values(series, metric)
        return spread(values) if values else None

    def ratio(self, series: str, other: str, metric: str) -> Spread | None:
        """How many times `other`, compared within each round."""
        compared = ratios(self.values(series, metric), self.values(other, metric))
        return spread(compared) if compared else None

    def quartiles(self, series: str, other: str, metric: str) -> Spread | None:
        """The same of many rounds: the median and the middle half."""
        compared = ratios(self.values(series, metric), self.values(other, metric))
        return quartiles(compared) if len(compared) > 1 else None

    def series(self, prefix: str) -> list[str]:
        """Those that begin so, in the order in which they were first measured."""
        return [series for series in self._series if series.startswith(prefix)]

    def as_json(self) -> Values:
        return {series: dict(metrics) for series, metrics in self._series.items()}
