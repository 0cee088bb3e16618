"""A deployment that asks who one is: the page asks for a key, and shows what that key may see."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys

from orderflow.access.principal import Scope
from tests.browser.page import Page
from tests.browser.serving import Served, served
from tests.unit.counted import counted
from tests.unit.facade_loop import Loop, application
from tests.unit.guarded_facade import Guarded

REFUSED, FORBIDDEN = 401, 403


@pytest.fixture
def guarded() -> Guarded:
    return Guarded()


@pytest.fixture
def facade(loop: Loop, guarded: Guarded) -> Iterator[Served]:
    with served(lambda: application(loop, gate=guarded.gate)) as place:
        yield place


@pytest.fixture
def asked(page: Page, facade: Served) -> Page:
    page.bears = {REFUSED, FORBIDDEN}
    page.open(facade.url)
    page.until_text("#access", "Say who you are")
    assert not page.one("#content").is_displayed()
    return page


def test_a_key_that_is_none_is_refused_with_the_reason(asked: Page) -> None:
    asked.one("#key").send_keys("guessed", Keys.ENTER)
    asked.until(lambda: asked.text("#key-said"))
    assert asked.violations() == []
    assert not asked.one("#content").is_displayed()


def test_what_a_key_may_not_see_is_named_and_the_rest_is_shown(
    asked: Page, facade: Served, guarded: Guarded, loop: Loop
) -> None:
    facade.do(counted(loop, 0, 1))
    key = facade.do(guarded.key(Scope.READ))
    asked.one("#key").send_keys(key, Keys.ENTER)
    for panel in ("#workers", "#lag", "#letters"):
        asked.until_text(f"{panel} .note", "lacks the scope admin")
    for panel in ("#lifecycle", "#latest"):
        asked.until(lambda panel=panel: asked.text(f"{panel} .note") == "")
    assert key not in asked.driver.page_source


def test_a_key_lasts_as_long_as_its_tab_or_until_it_is_forgotten(asked: Page, facade: Served, guarded: Guarded) -> None:
    asked.one("#key").send_keys(facade.do(guarded.key(Scope.READ, Scope.ADMIN)), Keys.ENTER)
    asked.until(lambda: asked.one("#content").is_displayed())
    asked.open(facade.url)
    asked.until_text("#workers-about", "worker")
    asked.one("#forget").click()
    asked.until_text("#access", "Say who you are")
    assert asked.run("return [sessionStorage.length, localStorage.length]") == [0, 0]
