"""The pulse of an instance: it goes on whatever Redis does, and says once that nobody hears it."""

import logging
from itertools import count

import pytest
from prometheus_client import CollectorRegistry

from orderflow.adapters.memory_pulses import InMemoryPulses
from orderflow.domain.lifecycle import State
from orderflow.metrics.vitals import Vitals, quantile
from orderflow.metrics.worker import WorkerMetrics
from orderflow.streaming.heartbeat import beating
from orderflow.wire.pulse import Pulse
from tests.builders import NOW, change_state, create_order
from tests.contract.test_pulses import pulse
from tests.eventually import eventually
from tests.unit.clocks import Clock
from tests.unit.command_worker import Worker, record


async def test_each_beat_tells_how_it_is_now() -> None:
    pulses, lags = InMemoryPulses(), count()

    async def heard(lag: int) -> bool:
        return any(each["lag"] >= lag for each in await pulses.read_all())

    async with beating(pulses, lambda: pulse(lag=next(lags)), 0.001):
        for lag in (0, 3):
            await eventually(lambda lag=lag: heard(lag))
    last = await pulses.read_all()
    assert last == [pulse(lag=next(lags) - 1)]


async def test_a_redis_that_is_away_is_mentioned_once_each_time(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    pulses, beats = InMemoryPulses(), count()

    def take() -> Pulse:
        return pulse(lag=next(beats))

    async with beating(pulses, take, 0.001):
        for times in (1, 2):
            pulses.away, begun = True, next(beats)
            await eventually(lambda begun=begun: next(beats) > begun + 20)
            assert len(caplog.messages) == times, caplog.messages
            pulses.away, begun = False, next(beats)
            await eventually(lambda begun=begun: next(beats) > begun + 20)


async def test_a_bug_in_what_is_told_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    pulses, beats = InMemoryPulses(), count()

    def take() -> Pulse:
        return pulse(lag=1 // next(beats))

    async with beating(pulses, take, 0.001):
        await eventually(pulses.read_all)
    assert "ZeroDivisionError" in caplog.text


async def test_vitals_are_of_the_time_since_they_were_last_taken() -> None:
    clock = Clock()
    metrics = WorkerMetrics(CollectorRegistry(), clock=lambda: NOW.timestamp() + 0.2)
    worker, vitals = Worker(instruments=metrics), Vitals(metrics, clock)
    assert vitals.take() == (0.0, None)
    written = round(NOW.timestamp() * 1000)
    await worker.apply(*(record(create_order(f"ord_{n}"), timestamp=written) for n in range(3)))
    clock.pass_(2)
    rate, latency = vitals.take()
    assert (rate, latency and 0.1 <= latency["p50"] <= latency["p99"] <= 0.25) == (1.5, True)
    await worker.apply(record(change_state("ord_0", State.CONFIRMED)), record(change_state("nobody")))
    clock.pass_(1)
    assert vitals.take()[0] == 2.0
    clock.pass_(2)
    assert vitals.take() == (0.0, None)
    assert vitals.outcomes == {"applied": 4, "rejected": 1}


@pytest.mark.parametrize(
    ("counts", "share", "seconds"),
    [([4, 0, 0, 0], 0.5, 0.5), ([0, 4, 0, 0], 0.5, 1.5), ([2, 0, 2, 0], 0.99, 3.96), ([1, 0, 0, 9], 0.5, 4.0)],
)
def test_a_quantile_lies_within_its_bucket(counts: list[int], share: float, seconds: float) -> None:
    assert quantile([1.0, 2.0, 4.0, float("inf")], counts, share) == pytest.approx(seconds)
