"""An operator's look at a whole deployment: servers, a worker, a facade and insights, and then Redis goes away."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from orderflow.local.server import Server
from orderflow.local.valkey import Valkey
from tests.browser.calling import create, move
from tests.browser.page import Page
from tests.e2e.deployment import Deployment
from tests.servers import BROKER, DATABASE

WITHIN = 20.0
UNAVAILABLE = 503


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    """One that may be stopped."""
    with Server(Valkey(), tmp_path) as server:
        yield server


@pytest.fixture
def deployment(kafka_brokers: str, mongo_url: str, redis: Server, unique: str, tmp_path: Path) -> Iterator[Deployment]:
    servers = {BROKER.setting: kafka_brokers, DATABASE.setting: mongo_url, **redis.environment}
    deployed = Deployment(servers, unique, tmp_path)
    yield deployed
    deployed.stop()


@pytest.mark.apache_kafka
async def test_an_operator_sees_what_happens_and_what_is_missing(
    page: Page, deployment: Deployment, redis: Server, pictures: Path
) -> None:
    web, _, _ = await asyncio.gather(deployment.web(), deployment.worker(), deployment.insights())

    def journey() -> None:
        page.open(f"{web.url}/")
        order_id = see_an_order_come_and_move(page)
        see_who_works(page)
        page.driver.save_screenshot(str(pictures / "journey.png"))
        see_what_is_missing(page, redis, order_id)

    await asyncio.to_thread(journey)
    assert (pictures / "journey.png").stat().st_size > 10_000


def see_an_order_come_and_move(page: Page) -> str:
    page.until_text("#as-of", "as of", WITHIN)
    page.until(lambda: "partitions" not in page.text("#as-of"), WITHIN)
    order_id = create(page.url)
    page.until_text("#events", order_id)
    page.until_text("#flow a[href='#state/created']", "1")
    move(page.url, order_id, "in_transit")
    page.until_text("#events", "created → in transit")
    page.until_text("#flow a[href='#state/in_transit']", "1")
    page.until(lambda: page.text("#f-total") == "1")
    page.one("#events a").click()
    page.until_text("#order .timeline", "created → in transit")
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.one("#order").is_displayed())
    return order_id


def see_who_works(page: Page) -> None:
    page.until_text("#instances", "worker@", WITHIN)
    page.until_text("#partitions", "order_commands")
    page.until(lambda: page.text("#f-lag") == "0")
    page.until_text("#letters-about", "None")


def see_what_is_missing(page: Page, redis: Server, order_id: str) -> None:
    page.bears = {UNAVAILABLE}
    redis.stop()
    page.until_text("#notices", "Redis is away", WITHIN)
    for panel in ("#lifecycle", "#workers", "#throughput"):
        page.until_text(f"{panel} .note", "Redis", WITHIN)
    move(page.url, order_id, "out_for_delivery")
    page.until_text("#events", "in transit → out for delivery")
    assert page.text("#lag .note") == ""
