"""Repeated measurements as what can be said of them: a median, how far they spread, a ratio within each round."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

NOISY = 0.25
"""A spread, as a share of its median, beyond which a figure means nothing."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, the lowest and the highest."""

    median: float
    low: float
    high: float

    @property
    def noisy(self) -> bool:
        return self.high - self.low > NOISY * abs(self.median)


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value."""
    return Spread(statistics.median(values), min(values), max(values))


def quartiles(values: Sequence[float]) -> Spread:
    """The median, and between what the middle half of at least two values lies."""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def ratios(these: Sequence[float], those: Sequence[float]) -> list[float]:
    """Round by round: what was measured in one minute is compared with nothing of another."""
    return [one / other for one, other in zip(these, those, strict=False)]


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of sorted values does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def slope(xs: Sequence[float], ys: Sequence[float], warm: float = 0.1) -> float:
    """How much y rises with x, by least squares, without the first tenth: work done in bursts biases it neither way.

    Raises ValueError where x does not move.
    """
    first = int(len(xs) * warm)
    if len(set(xs[first:])) <= 1:
        raise ValueError("too few measurements")
    return statistics.linear_regression(xs[first:], ys[first:]).slope
