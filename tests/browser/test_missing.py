"""Servers that are away: the page names what is missing, and shows the rest."""

from tests.browser.calling import create
from tests.browser.page import Page
from tests.browser.serving import Served
from tests.unit.facade_loop import Loop

UNAVAILABLE = 503


def test_without_statistics_the_database_counts(page: Page, facade: Served, loop: Loop) -> None:
    page.bears = {UNAVAILABLE}
    loop.statistics.away = loop.pulses.away = True
    create(facade.url)
    page.open(facade.url)
    page.until_text("#as-of", "counted in the database")
    assert page.text("#f-total") == page.text("#flow a[href='#state/created'] .count") == "1"
    for panel in ("#lifecycle", "#minutes", "#workers", "#throughput"):
        assert "Redis" in page.text(f"{panel} .note")
    assert (page.text("#lag .note"), page.text("#f-speed")) == ("", "\N{EN DASH}")


def test_without_kafka_what_is_stored_is_found(page: Page, facade: Served, loop: Loop) -> None:
    order_id = create(facade.url)
    page.bears = {UNAVAILABLE}
    loop.ready, loop.live.away = False, True
    page.open(facade.url)
    page.until_text("#notices", "Kafka is away")
    for panel in ("#latest", "#lag", "#letters"):
        page.until_text(f"{panel} .note", "cannot be reached")
    page.one("#wanted").send_keys(order_id)
    page.one("#search button[type=submit]").click()
    page.until_text("#order", "Timeline, 1 change")
    loop.ready, loop.live.away = True, False
    page.until(lambda: page.text("#notices") == "")
