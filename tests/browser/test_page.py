"""The page as such: small, soon there, in dark and light, for keyboards and for screen readers."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.page import Page
from tests.browser.serving import Served

PAINTED_WITHIN = 1_000
BYTES = 150_000
PAINTED = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SIZES = """
  const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const ours = entries.filter(({name}) => name.endsWith("/") || name.includes("/dashboard/"));
  return ours.map((entry) => entry.decodedBodySize);
"""
BACKGROUND = "return getComputedStyle(document.body).backgroundColor"
FOCUSED = "return document.activeElement.id || document.activeElement.className || document.activeElement.textContent"


def test_it_is_painted_soon_and_is_small(page: Page, facade: Served) -> None:
    page.open(facade.url)
    page.until(lambda: page.run(PAINTED))
    sizes = page.run(SIZES)
    assert page.run(PAINTED) < PAINTED_WITHIN
    assert len(sizes) > 10
    assert 0 < sum(sizes) < BYTES


def test_it_follows_the_system_until_a_theme_is_chosen_which_lasts(page: Page, facade: Served) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        page.open(facade.url)
        seen[scheme] = page.run(BACKGROUND)
    assert seen["light"] != seen["dark"]
    for theme in ("dark", "light"):
        page.one("#theme").click()
        assert page.text("#theme") == f"Theme: {theme}"
        assert page.run(BACKGROUND) == seen[theme]
    page.open(facade.url)
    assert (page.text("#theme"), page.run(BACKGROUND)) == ("Theme: light", seen["light"])
    page.run("localStorage.clear()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_keeps_the_rules_of_accessibility(page: Page, facade: Served, scheme: str) -> None:
    page.prefer(scheme)
    page.open(facade.url)
    page.until_text("#servers", "MongoDB ok")
    assert page.violations() == []


def test_the_keyboard_is_enough(page: Page, facade: Served) -> None:
    page.open(facade.url)
    page.press(Keys.TAB)
    assert page.run(FOCUSED) == "skip"
    page.press(Keys.ENTER)
    assert page.run(FOCUSED) == "main"
    assert page.all("[tabindex]:not([tabindex='0']):not([tabindex='-1'])") == []
