"""What a worker counts: each command once and as what became of it, whatever fails on the way."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest
from prometheus_client import CollectorRegistry

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.domain.lifecycle import State
from orderflow.metrics.worker import WorkerMetrics
from orderflow.ports import Conflict, Refresh, Saved, Write
from orderflow.processing.batch import Folded
from orderflow.processing.order_writer import MAX_TRIED
from tests.builders import NOW, cancel_order, change_state, create_order
from tests.unit.command_worker import Worker, WrappedStore, record
from tests.unit.test_processor import BuggyStore

pytestmark = pytest.mark.usefixtures("without_waiting")


@dataclass(kw_only=True)
class Counted:
    """A worker, and what it has counted."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    worker: Worker = field(default_factory=Worker)
    now: float = NOW.timestamp()

    def __post_init__(self) -> None:
        self.worker.instruments = WorkerMetrics(self.registry, clock=lambda: self.now)

    @property
    def commands(self) -> dict[tuple[str, str], float]:
        """Those that are not zero."""
        [family] = (each for each in self.registry.collect() if each.name == "orderflow_commands")
        return {
            (sample.labels["type"], sample.labels["outcome"]): sample.value for sample in family.samples if sample.value
        }

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)


class TornStore(WrappedStore):
    """Saves, and then says that it did not, or nothing at all; once each."""

    def __init__(self, worker: Worker, *answers: Conflict | Exception) -> None:
        super().__init__(worker.stored)
        self.answers = list(answers)

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        saved = await super().save(writes)
        if not self.answers:
            return saved
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class AwayCache(InMemoryCache):
    """Takes nothing."""

    async def refresh(self, _refresh: Refresh) -> bool:
        return False


async def test_each_command_counts_as_what_became_of_it() -> None:
    counted = Counted()
    same = replace(change_state(new_state=State.CREATED), command_id="same")
    await counted.worker.apply(
        record(create_order()),
        record(change_state()),
        record(same),
        record(change_state("nobody")),
        record(cancel_order("odd"), value=b'{"type": "<script>", "command_id": "odd", "order_id": "ord_1"}'),
        record(create_order("ord_2"), value=b"{"),
    )
    assert counted.commands == {
        ("create_order", "applied"): 1,
        ("change_state", "applied"): 1,
        ("change_state", "rejected"): 2,
        ("unknown", "rejected"): 1,
        ("unknown", "dead-lettered"): 1,
    }
    assert counted.value("orderflow_dead_letters_total", stage="decode") == 1
    assert counted.value("orderflow_batch_commands_sum") == 6


async def test_a_repeat_after_a_crash_counts_as_replayed() -> None:
    counted = Counted()
    batch = [record(create_order()), record(change_state()), record(cancel_order())]
    await counted.worker.apply(*batch)
    before = counted.commands
    await counted.worker.apply(*batch, record(create_order()))
    assert counted.commands == {
        **before,
        ("create_order", "replayed"): 2,
        ("change_state", "replayed"): 1,
        ("cancel_order", "replayed"): 1,
    }


@pytest.mark.parametrize("answers", [(Conflict(),), (TimeoutError(),), (Conflict(), TimeoutError(), Conflict())])
async def test_what_we_have_saved_ourselves_is_no_repeat(answers: Sequence[Conflict | Exception]) -> None:
    counted = Counted()
    counted.worker.store = TornStore(counted.worker, *answers)
    batch = [record(create_order()), record(change_state()), record(change_state())]
    await counted.worker.apply(*batch)
    assert counted.commands == {
        ("create_order", "applied"): 1,
        ("change_state", "applied"): 1,
        ("change_state", "replayed"): 1,
    }
    assert counted.value("orderflow_conflicts_total") == sum(isinstance(answer, Conflict) for answer in answers)


async def test_an_outage_that_only_writes_meet_does_not_fill_the_memory() -> None:
    """Folded batches hold whole orders: with one kept for each attempt a worker dies of the outage."""
    worker, attempts, last = Worker(), count(1), 50
    kept = dict[int, int]()

    class RefusingStore(WrappedStore):
        async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
            attempt = next(attempts)
            if attempt in (1, last):
                kept[attempt] = folded_batches()
            if attempt < last:
                raise TimeoutError
            return await super().save(writes)

    worker.store = RefusingStore(worker.stored)
    await worker.apply(record(create_order()))
    assert kept[last] - kept[1] <= MAX_TRIED


def folded_batches() -> int:
    """How many there are in memory."""
    gc.collect()
    return sum(isinstance(each, Folded) for each in gc.get_objects())


async def test_what_another_worker_has_saved_meanwhile_is_a_repeat() -> None:
    counted, creation = Counted(), record(create_order())

    class RacedStore(WrappedStore):
        async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
            if not await counted.worker.stored.get("ord_1"):
                rival = Worker(stored=counted.worker.stored, clock=lambda: NOW + timedelta(seconds=1))
                await rival.apply(creation)
            return await super().save(writes)

    counted.worker.store = RacedStore(counted.worker.stored)
    await counted.worker.apply(creation)
    assert counted.commands == {("create_order", "replayed"): 1}


async def test_a_record_that_meets_a_bug_is_a_dead_letter() -> None:
    counted = Counted()
    counted.worker.store = BuggyStore(counted.worker.stored, "ord_1", State.CONFIRMED)
    await counted.worker.apply(record(create_order()), record(change_state(new_state=State.CONFIRMED)))
    assert counted.commands == {("create_order", "applied"): 1, ("change_state", "dead-lettered"): 1}
    assert counted.value("orderflow_dead_letters_total", stage="apply") == 1


async def test_latency_is_from_the_record_to_its_effect() -> None:
    counted = Counted()
    written = round((counted.now - 0.2) * 1000)
    ahead = round((counted.now + 5) * 1000)
    batch = [record(create_order(f"ord_{number}"), timestamp=written) for number in range(3)]
    early = [record(create_order(f"ahead_{number}"), timestamp=ahead + number) for number in range(2)]
    await counted.worker.apply(*batch, *early)
    latency = "orderflow_command_latency_seconds"
    assert counted.value(f"{latency}_bucket", le="0.001") == 2  # The broker's clock is ahead of ours.
    assert counted.value(f"{latency}_bucket", le="0.1") == 2
    assert counted.value(f"{latency}_bucket", le="0.25") == 5
    assert counted.value(f"{latency}_count") == 5
    assert counted.value(f"{latency}_sum") == pytest.approx(0.6)


async def test_every_step_is_timed_and_a_refresh_that_was_skipped_counts() -> None:
    counted = Counted(worker=Worker(cache=AwayCache()))
    await counted.worker.apply(record(create_order()))
    for step in ("decode", "load", "fold", "save", "announce", "refresh", "report"):
        assert counted.value("orderflow_step_duration_seconds_count", step=step) == 1, step
    assert counted.value("orderflow_cache_refreshes_skipped_total") == 1
