"""Finding orders and looking at one, with mouse and keyboard."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.browser.calling import create, move
from tests.browser.page import Page
from tests.browser.serving import Served

FOCUSED = "return document.activeElement.textContent"


@pytest.fixture
def opened(page: Page, facade: Served) -> Page:
    page.open(facade.url)
    page.until_text("#servers", "Kafka ok")
    return page


def find(page: Page, by: str, wanted: str, reference: str = "") -> None:
    Select(page.one("#by")).select_by_visible_text(by)
    page.one("#wanted").clear()
    if reference:
        page.one("#reference").send_keys(reference)
    page.one("#wanted").send_keys(wanted, Keys.ENTER)


def test_an_order_that_is_made_appears_and_moves_and_its_timeline_follows(opened: Page, facade: Served) -> None:
    order_id = create(facade.url, external_ref="shop-77")
    opened.until_text("#events", order_id)
    move(facade.url, order_id, "confirmed")
    opened.until_text("#events", "created → confirmed")
    opened.one("#events a").click()
    opened.until_text("#order", "Timeline, 2 changes")
    assert order_id in opened.text("#order-title")
    assert "shop-77" in opened.text("#order .facts")
    move(facade.url, order_id, "in_transit")
    opened.until_text("#order .timeline", "confirmed → in transit")
    assert opened.violations() == []


@pytest.mark.parametrize(
    ("by", "wanted", "reference"),
    [
        ("Client id", "client-7", ""),
        ("Client id and external reference", "client-7", "shop-78"),
        ("State", "created", ""),
    ],
)
def test_orders_are_found(opened: Page, facade: Served, by: str, wanted: str, reference: str) -> None:
    order_id = create(facade.url, client_id="client-7", external_ref="shop-78")
    find(opened, by, wanted, reference)
    opened.until_text("#found", order_id)
    assert opened.text("#found-said") == "1 order, the newest first"


def test_an_order_is_found_by_its_id_and_escape_leads_back(opened: Page, facade: Served) -> None:
    order_id = create(facade.url)
    find(opened, "Order id", order_id)
    opened.until_text("#order", "Timeline, 1 change")
    assert opened.run(FOCUSED) == f"Order {order_id}"
    opened.press(Keys.ESCAPE)
    opened.until(lambda: not opened.one("#order").is_displayed())
    assert opened.run("return document.activeElement.id") == "wanted"
    assert "#" not in opened.driver.current_url


def test_a_state_in_the_picture_lists_its_orders(opened: Page, facade: Served) -> None:
    order_id = create(facade.url)
    opened.one("#flow a[href='#state/created']").send_keys(Keys.ENTER)
    opened.until_text("#found", order_id)


def test_what_is_not_there_is_said(opened: Page) -> None:
    opened.bears = {404, 422}
    find(opened, "Order id", "nowhere")
    opened.until_text("#order", "There is no order nowhere")
    opened.press(Keys.ESCAPE)
    find(opened, "State", "lost")
    opened.until_text("#found-said", "state")
    find(opened, "Client id", "nobody")
    opened.until_text("#found-said", "No orders found.")
