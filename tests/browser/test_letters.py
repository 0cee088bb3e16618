"""Dead letters on the page: seen, and put back after asking once more."""

from selenium.webdriver.common.keys import Keys

from tests.browser.page import Page
from tests.browser.serving import Served
from tests.letters import command_record
from tests.unit.facade_loop import Loop


def test_a_dead_letter_is_put_back_when_that_is_meant(page: Page, facade: Served, loop: Loop) -> None:
    loop.letters.receive(command_record())
    page.open(facade.url)
    page.until_text("#dead", "Invalid JSON")
    assert page.violations() == []
    page.one("#dead button").send_keys(Keys.ENTER)
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.one("#confirm").is_displayed())
    assert loop.letters.put_back == []
    page.one("#dead button").click()
    page.one("#confirm-yes").click()
    page.until_text("#letters-said", "is on the command topic again")
    assert len(loop.letters.put_back) == 1
