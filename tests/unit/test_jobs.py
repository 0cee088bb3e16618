"""What a facade remembers of jobs: little enough, and never before what all facades share."""

import pytest

from orderflow.adapters.memory_jobs import InMemoryJobs
from orderflow.wire.jobs import Job, JobItem, Progress, encode_job
from web.bulk.jobs import Jobs
from web.http.refusals import RefusedError


def job(number: int, progress: Progress = Progress.ENDED) -> Job:
    items = [JobItem(fingerprint="f", name=("ord_1", "cmd_1"))]
    return Job(job_id=f"job_{number}", owner=("", None), digest="d", items=items, progress=progress)


async def test_while_the_store_is_away_the_newest_jobs_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.bulk.jobs.MAX_REMEMBERED_BYTES", 2 * len(encode_job(job(0))))
    store = InMemoryJobs()
    jobs, store.away = Jobs(store), True
    for number in (0, 1, 1, 1, 2):
        await jobs.keep(job(number))
    assert [(await jobs.find(f"job_{number}") or job(9)).job_id for number in (1, 2)] == ["job_1", "job_2"]
    with pytest.raises(RefusedError):
        await jobs.find("job_0")


async def test_what_another_facade_made_of_a_job_counts_before_what_is_remembered() -> None:
    store = InMemoryJobs()
    jobs = Jobs(store)
    await jobs.keep(job(0, Progress.RUNNING))
    await store.keep("job_0", encode_job(job(0)))
    found = await jobs.find("job_0")
    assert found is not None
    assert found.progress is Progress.ENDED


async def test_a_job_of_which_nothing_was_sent_is_not_kept() -> None:
    jobs = Jobs(InMemoryJobs())
    await jobs.keep(job(0, Progress.STOPPED))
    assert await jobs.find("job_0") is None
