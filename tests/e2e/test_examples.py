"""The examples as somebody runs them who tries this service out."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from orderflow.wire.records import Topic
from tests.e2e.deployment import Deployment

EXAMPLES = Path(__file__).parents[2] / "examples"


@asynccontextmanager
async def running(deployment: Deployment, name: str, *words: str) -> AsyncIterator[asyncio.StreamReader]:
    """What it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLES / name), *words, env=deployment.environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            yield process.stdout
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), 30)


async def printed(deployment: Deployment, name: str, *words: str) -> list[str]:
    async with running(deployment, name, *words) as out:
        return (await out.read()).decode().splitlines()


async def lines(out: asyncio.StreamReader, count: int) -> list[str]:
    return [(await out.readline()).decode().strip() for _ in range(count)]


async def test_what_is_produced_is_consumed_once(deployment: Deployment, unique: str) -> None:
    await deployment.worker()
    sent, outcome = await printed(deployment, "produce.py")
    order_id = sent.removeprefix("sent ")
    assert outcome.split() == ["applied"]
    event = f"{order_id}:1 order.created created"
    [record] = await deployment.read(Topic.EVENTS, bool)
    await deployment.produce((order_id, record.value), topic=Topic.EVENTS)

    async with running(deployment, "consume.py", unique) as out:
        assert await lines(out, 1) == [event]
        second = await another(deployment)
        assert await lines(out, 1) == [second]
    async with running(deployment, "consume.py", unique) as out:
        newest, shown = await another(deployment), [""]
        while shown[-1] != newest:
            shown += await lines(out, 1)
    assert event not in shown, "it was committed"


async def another(deployment: Deployment) -> str:
    """The line of an order that nobody waited for."""
    [sent] = await printed(deployment, "produce.py", "--no-wait")
    return f"{sent.removeprefix('sent ')}:1 order.created created"


async def test_the_facade_is_called(deployment: Deployment) -> None:
    await deployment.worker()
    web = await deployment.web()
    created, refused, listed = await printed(deployment, "call.py", web.url)
    order_id = created.split()[1]
    assert created == f"created {order_id} 100.0 USD"
    assert refused == "refused An order that is in_transit cannot move to confirmed."
    assert listed.startswith(f"listed {order_id} ")
