import pytest

from benchmarks.figures import Figure, figures, number, shown
from benchmarks.results import Results
from benchmarks.statistics import Spread, percentile, quartiles, ratios, slope, spread


def test_a_spread_is_the_median_between_the_lowest_and_the_highest() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)


@pytest.mark.parametrize(("low", "high", "noisy"), [(0.9, 1.1, False), (0.8, 1.1, True)])
def test_a_spread_of_more_than_a_quarter_means_nothing(low: float, high: float, *, noisy: bool) -> None:
    assert Spread(1.0, low, high).noisy is noisy


def test_quartiles_hold_the_middle_half() -> None:
    assert quartiles([5.0, 1.0, 4.0, 2.0, 3.0]) == Spread(3.0, 2.0, 4.0)


def test_what_authentication_costs_is_held_against_its_bound_pair_by_pair() -> None:
    results = Results()
    for cost in (100.0, 1_000.0, 100.0):
        results.add("auth/off", cpu_us=cost)
        results.add("auth/API key", cpu_us=cost * 1.05)
        results.add("auth/token", cpu_us=cost * 1.2)
    assert [figure.holds for figure in figures(results)] == [True, False]


def test_what_metrics_cost_is_held_against_its_bound() -> None:
    results = Results()
    for cost in (40.0, 60.0, 40.0):
        results.add("telemetry/off, batches of 100", cpu_us=cost)
        results.add("telemetry/metrics, batches of 100", cpu_us=cost * 1.02)
        results.add("telemetry/traces, batches of 100", cpu_us=cost * 1.06)
    found = figures(results)
    assert [(figure.holds, round(figure.value.median, 2)) for figure in found] == [(True, 1.02), (False, 1.06)]


def test_ratios_compare_within_a_round() -> None:
    # The second round was ten times slower for both.
    assert ratios([80.0, 8.0], [100.0, 10.0]) == [0.8, 0.8]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile(range(1, 101), share) == value


@pytest.mark.parametrize("burst", [1, 50, 500])
def test_a_rate_does_not_depend_on_the_bursts_it_came_in(burst: int) -> None:
    thousand_a_second = [(number // burst) * burst / 1000 for number in range(10_000)]

    assert slope(thousand_a_second, range(10_000)) == pytest.approx(1000, rel=0.01)


def test_a_rate_of_one_moment_is_none() -> None:
    with pytest.raises(ValueError, match="too few"):
        slope([1.0, 1.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("value", "at_least", "verdict"), [(2.0, True, "holds"), (0.9, True, "falls short"), (0.9, False, "holds")]
)
def test_a_figure_holds_or_falls_short(value: float, verdict: str, *, at_least: bool) -> None:
    line = Figure("worker", Spread(value, value, value), 1.0, at_least=at_least).line

    assert line.startswith(verdict)
    assert "too busy" not in line


def test_a_figure_says_when_the_machine_was_too_busy() -> None:
    assert "too busy" in Figure("worker", Spread(1.0, 0.7, 1.2), 1.0).line


def test_figures_are_those_that_were_measured() -> None:
    results = Results()
    for floor, ours, naive in ((1000.0, 900.0, 100.0), (100.0, 95.0, 10.0), (1000.0, 940.0, 100.0)):
        results.add("worker/mongo/creates/floor", rate=floor)
        results.add("worker/mongo/creates/ours", rate=ours)
        results.add("worker/mongo/creates/naive", rate=naive)

    floor_ratio, naive_ratio = figures(results)

    assert floor_ratio.value == Spread(0.94, 0.9, 0.95)
    assert floor_ratio.line == "holds        worker, mongo, creates: times the floor: 0.94 (0.9 to 0.95), >= 0.9"
    assert naive_ratio.value.median == pytest.approx(9.4)


def test_every_figure_of_a_whole_run_is_there() -> None:
    results = Results()
    for store, flow in (("null", "creates"), ("null", "1:3"), ("mongo", "creates"), ("mongo", "1:3")):
        for contestant in ("floor", "bare", "naive", "ours"):
            results.add(f"worker/{store}/{flow}/{contestant}", rate=1.0)
    for workers in ("", "/2 workers"):
        results.add(f"worker/remote/creates/ours{workers}", rate=1.0)
    results.add("latency/50 a second", p50=1.0, p99=1.0)
    for scenario in ("create, waiting", "create, respond-async", "read by id, cached", "list, cached"):
        for connections in (1, 32):
            results.add(f"http/{scenario}/{connections}", rate=1.0, p50=1.0, p99=1.0)
    for role in ("worker", "web"):
        results.add(f"memory/{role}", loaded=1.0)
        for _ in range(10):
            results.add(f"memory/{role} over ten minutes", held=1.0)
    for orders in (10_000, 1_000_000):
        results.add(f"growth/{orders}", read=1.0, list_client=1.0, list_state=1.0, command=1.0)

    assert len(figures(results, long=True)) == 8 + 4 + 4 + 4 + 4


@pytest.mark.parametrize(("value", "words"), [(0.123456, "0.123"), (12.345, "12.3"), (12_345.6, "12 346")])
def test_numbers_have_three_digits_or_are_whole(value: float, words: str) -> None:
    assert number(value) == words


def test_a_single_measurement_shows_no_spread() -> None:
    assert shown(Spread(1.0, 1.0, 1.0)) == "1"
