"""Orders by state: the picture, the same as a table, and the orders that are stuck."""

from orderflow.domain.lifecycle import State
from tests.browser.calling import create
from tests.browser.page import Page
from tests.browser.serving import Served
from tests.unit.counted import counted
from tests.unit.facade_loop import Loop
from tests.unit.happened import HOUR, MINUTE, NOW

CONFIRMED = "#flow a[href='#state/confirmed']"


def test_orders_are_counted_and_those_that_are_stuck_are_named(page: Page, facade: Served, loop: Loop) -> None:
    facade.do(counted(loop, 0, 1, since=NOW - HOUR, limits={State.CONFIRMED: MINUTE}))
    page.open(facade.url)
    page.until_text(CONFIRMED, "4")
    assert "4 stuck" in page.text(CONFIRMED)
    assert "4 stuck" in (page.one(CONFIRMED).get_attribute("aria-label") or "")
    assert (page.text("#f-total"), page.text("#f-stuck")) == ("4", "4")
    for summary in page.all("#lifecycle summary"):
        summary.click()
    assert "confirmed 4 " in page.text("#states")
    stuck = {link.text for link in page.all("#lifecycle details:last-child a")}
    assert stuck == {"client-1-0", "client-1-1", "client-2-0", "client-2-1"}
    assert page.violations() == []


def test_where_nobody_counts_the_database_does(page: Page, facade: Served) -> None:
    create(facade.url)
    page.open(facade.url)
    page.until_text("#as-of", "counted in the database")
    assert "No instance of insights" in page.text("#lifecycle .note")
    assert page.text("#f-total") == "1"


def test_a_partition_that_nobody_counts_is_said(page: Page, facade: Served, loop: Loop) -> None:
    facade.do(counted(loop, 1))
    page.open(facade.url)
    page.until_text("#as-of", "some partitions are not counted")
    assert page.text("#f-total") == "2"
