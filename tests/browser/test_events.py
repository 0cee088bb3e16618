"""Live events on the page: as they come, and when more come than anybody could read."""

import asyncio
from datetime import UTC, datetime

import orjson
from selenium.webdriver.common.keys import Keys

from tests.browser.page import Page
from tests.browser.serving import Served
from tests.unit.facade_loop import Loop
from web.live.event_stream import Streams

PER_SECOND, SECONDS, BATCHES = 5_000, 4, 50
ROWS = 40
FROZEN_MS = 250
"""So long nothing else could be done: a person would notice."""
WATCH = """
  window.longest = 0;
  let last = performance.now();
  (function beat() {
    const now = performance.now();
    window.longest = Math.max(window.longest, now - last);
    last = now;
    setTimeout(beat, 0);
  })();
"""
HIDE = """
  Object.defineProperty(document, "hidden", {value: arguments[0], configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
"""


def moved(number: int) -> tuple[bytes, bytes]:
    order_id = f"ord_{number}"
    event = {
        "event_id": f"{order_id}:2",
        "type": "order.state_changed",
        "order_id": order_id,
        "client_id": f"client-{number % 97}",
        "version": 2,
        "state": "confirmed",
        "previous_state": "created",
        "occurred_at": datetime.now(UTC),
        "command_id": f"cmd_{number}",
        "actor": None,
        "reason": None,
    }
    return order_id.encode(), orjson.dumps(event)


async def flood(loop: Loop) -> None:
    now = asyncio.get_running_loop().time
    begin, sent = now(), 0
    while sent < PER_SECOND * SECONDS:
        for number in range(sent, sent + PER_SECOND // BATCHES):
            loop.live.write(*moved(number))
        sent += PER_SECOND // BATCHES
        await asyncio.sleep(begin + sent / PER_SECOND - now())


async def one(loop: Loop, number: int) -> None:
    loop.live.write(*moved(number))


def listening(page: Page, facade: Served, loop: Loop) -> None:
    """The stream is open: what happens now is seen."""
    page.open(facade.url)
    page.until_text("#servers", "Kafka ok")
    page.until(lambda: facade.do(one(loop, 0)) or page.all("#events tr"))


def test_five_thousand_events_a_second_do_not_freeze_it(page: Page, facade: Served, loop: Loop) -> None:
    listening(page, facade, loop)
    page.run(WATCH)
    facade.do(flood(loop))
    page.until_text("#rate", "not listed")
    longest = page.run("return window.longest")
    rate = float(page.text("#rate").split()[0].replace(",", ""))
    print(f"{rate:,.0f} events a second seen, nothing else for {longest:.0f} ms at most")  # noqa: T201
    assert rate > PER_SECOND / 2
    assert longest < FROZEN_MS
    assert len(page.all("#events tr")) == ROWS
    page.until_text("#events", f"ord_{PER_SECOND * SECONDS - 1}")


def test_the_list_stands_still_for_who_reads(page: Page, facade: Served, loop: Loop) -> None:
    listening(page, facade, loop)
    page.one("#pause").click()
    facade.do(one(loop, 77))
    page.until_text("#rate", "stands still")
    assert "ord_77" not in page.text("#events")
    page.one("#pause").send_keys(Keys.ENTER)
    page.until_text("#events", "ord_77")


def test_a_page_that_nobody_looks_at_gives_its_connection_away(
    page: Page, facade: Served, loop: Loop, streams: Streams
) -> None:
    listening(page, facade, loop)
    assert streams.open == 1
    look(page, away=True)
    page.until(lambda: facade.do(one(loop, 88)) or not streams.open)
    facade.do(one(loop, 99))
    look(page, away=False)
    page.until_text("#events", "ord_99")
    assert page.text("#latest .note") == ""


def look(page: Page, *, away: bool) -> None:
    page.run(HIDE, away)
