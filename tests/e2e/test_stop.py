"""A worker that is told to stop while it has work."""

import re
import signal
import time

import orjson

from tests.e2e.deployment import CREATE, Deployment
from tests.eventually import eventually
from tests.scraped import scrape

COMMANDS = 5_000


async def test_a_worker_under_load_stops_soon_and_says_how_long_it_took(deployment: Deployment) -> None:
    worker = await deployment.worker()
    await deployment.produce(
        *((f"ord_{number}", orjson.dumps({**CREATE, "order_id": f"ord_{number}"})) for number in range(COMMANDS))
    )

    async def handled() -> float:
        return (await scrape(worker.url)).total("orderflow_commands_total")

    await eventually(handled)
    begun = time.monotonic()
    worker.signal(signal.SIGTERM)
    await eventually(worker.ended, within=15)

    assert time.monotonic() - begun < 10, "longer than ORDERFLOW_DRAIN_SECONDS"
    said = re.search(r"stops: (\d) batches were under way, for (\d\.\d\d) s", worker.log.read_text())
    assert said, worker.last_words()
    assert float(said[2]) < 5
