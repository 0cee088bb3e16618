"""What an app does with the batch under way when it is stopped or loses partitions."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from orderflow.settings import Settings
from orderflow.streaming import app as app_module
from orderflow.streaming.app import OrderflowApp
from tests.eventually import eventually


class Watched:
    """An app whose commits are noted, and a batch that goes on until it is told to end."""

    def __init__(self, settings: Settings) -> None:
        self.app = OrderflowApp(settings, role="test")
        self.app.loop = asyncio.get_running_loop()
        self.app.finalize()
        self.done: list[str] = []
        self.app.consumer.commit = self.commit
        self.end = asyncio.Event()

    async def commit(self) -> None:
        self.done.append("commit")

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[None]:
        """While inside, a batch is under way; it has ended when this is left."""
        handling = asyncio.create_task(self.handle())
        await eventually(lambda: "begun" in self.done)
        yield
        self.end.set()
        await handling

    async def handle(self) -> None:
        async with self.app.batch_under_way():
            self.done.append("begun")
            await self.end.wait()
            self.done.append("acknowledged")

    async def stop(self) -> None:
        await self.app.on_before_shutdown.send()
        self.done.append("stopped")

    async def revoke(self) -> None:
        await self.app.on_partitions_revoked.send(set())
        self.done.append("revoked")


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    watched = Watched(Settings())
    yield watched
    watched.app.consumer._thread.thread_loop.close()  # noqa: SLF001 - of a thread that never ran


async def test_a_stop_waits_for_the_batch_under_way(watched: Watched) -> None:
    async with watched.batch():
        stopping = asyncio.create_task(watched.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
    await stopping
    assert watched.done == ["begun", "acknowledged", "stopped"]


async def test_a_stop_says_how_long_it_took(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with watched.batch():
        stopping = asyncio.create_task(watched.stop())
        await asyncio.sleep(0.05)
    await stopping
    [said] = re.findall(r"stops: 1 batches were under way, for (\d\.\d\d) s", caplog.text)
    assert 0.05 <= float(said) < 5


async def test_a_rebalance_waits_for_the_batch_under_way_and_commits_it(watched: Watched) -> None:
    async with watched.batch():
        revoking = asyncio.create_task(watched.revoke())
        await asyncio.sleep(0)
        assert not revoking.done()
    await revoking
    assert watched.done == ["begun", "acknowledged", "commit", "revoked"]


async def test_without_a_batch_nobody_waits(watched: Watched) -> None:
    await watched.revoke()
    await watched.stop()
    assert watched.done == ["commit", "revoked", "stopped"]


async def test_a_batch_that_fails_is_over(watched: Watched) -> None:
    with pytest.raises(ZeroDivisionError):
        async with watched.app.batch_under_way():
            raise ZeroDivisionError
    await watched.stop()


async def test_a_batch_that_takes_too_long_is_given_up_with_a_warning(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app_module, "REVOKE_SECONDS", 0.01)
    async with watched.batch():
        await watched.revoke()
    assert watched.done == ["begun", "commit", "revoked", "acknowledged"]
    assert [each.getMessage() for each in caplog.records] == [
        "the batch under way goes on; another worker will see its records again"
    ]


async def test_a_stop_waits_as_long_as_the_settings_say(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    watched.app.settings = Settings(drain_seconds=0.01)
    async with watched.batch():
        await watched.stop()
    assert watched.done == ["begun", "stopped", "acknowledged"]
    assert "goes on" in caplog.text
