"""The README's pictures: a deployment under load, seen by a real browser. `python -m tests.browser.pictures FOLDER`"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium.webdriver import Chrome

from orderflow.local.stack import Stack
from tests.browser.chromium import chromium
from tests.browser.page import Page
from tests.browser.street import Street
from tests.e2e.deployment import Deployment

SECONDS = 130
"""Of load before the pictures, so that there is something on the charts."""
SETTLING = 8
"""After a beginning that would dwarf the rest."""
SIZE = {"width": 1280, "deviceScaleFactor": 1, "mobile": False}
TALL, LOW = 2_000, 800
END = "return Math.ceil(document.getElementById('latest').getBoundingClientRect().bottom) + 16"
"""The first half of the page."""
FITS = """
const fits = (chart) => chart.getAttribute("viewBox") === `0 0 ${chart.clientWidth} ${chart.clientHeight}`;
return innerHeight === arguments[0] && [...document.querySelectorAll(".chart svg")].every(fits);
"""
"""Whether all charts are drawn as large as their places are."""
PARTITIONS = 8


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home, Stack(Path(home)) as servers, chromium() as driver:
        deployed = Deployment(servers.environment(), "picture", Path(home), partitions=PARTITIONS)
        deployed.environment["ORDERFLOW_TOPIC_PREFIX"] = ""
        try:
            asyncio.run(take(deployed, driver, folder))
        finally:
            deployed.stop()


async def take(deployed: Deployment, driver: Chrome, folder: Path) -> None:
    web, *_ = await asyncio.gather(deployed.web(), deployed.worker(), deployed.worker(), deployed.insights())
    page = Page(driver)
    async with Street(web.url) as street, living(street):
        await street.stock()
        await asyncio.sleep(SETTLING)
        await asyncio.to_thread(page.open, f"{web.url}/")
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(shoot, page, folder)


@asynccontextmanager
async def living(street: Street) -> AsyncIterator[None]:
    life = asyncio.create_task(street.live())
    try:
        yield
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


def shoot(page: Page, folder: Path) -> None:
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        resize(page, TALL)
        resize(page, page.run(END))
        save(page, folder / f"dashboard-{scheme}.png")
    page.prefer("light")
    resize(page, LOW)
    page.one("#events a").click()
    page.until_text("#order", "Timeline")
    save(page, folder / "order.png")


def resize(page: Page, height: int) -> None:
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE | {"height": height})
    page.until(lambda: page.run(FITS, height))


def save(page: Page, path: Path) -> None:
    page.driver.save_screenshot(str(path))
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
