"""Whether what is measured for `make bench ONLY=telemetry` really does its work."""

from contextlib import nullcontext

import pytest
from prometheus_client import CollectorRegistry

from benchmarks import telemetry_job
from benchmarks.telemetry import SMALL, TURN
from orderflow.metrics.worker import WorkerMetrics


@pytest.fixture(autouse=True)
def python_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry_job.interpreter, "tune", lambda: None)


async def test_every_command_is_handled_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = WorkerMetrics(CollectorRegistry())
    monkeypatch.setattr(telemetry_job, "WAYS", {"metrics": lambda: nullcontext(counted)})
    assert await telemetry_job.cost("metrics", 1_000, SMALL) > 0
    assert counted.ends == {("create_order", "applied"): 250, ("change_state", "applied"): 750}


@pytest.mark.parametrize(("way", "batch"), TURN)
async def test_each_way_can_be_measured(way: str, batch: int) -> None:
    assert await telemetry_job.cost(way, 2 * batch, batch) > 0
