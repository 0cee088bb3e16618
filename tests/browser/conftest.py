"""One browser for all tests, a fresh tab for each; an error in its console fails the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.browser.chromium import chromium
from tests.browser.page import Page
from tests.browser.serving import Served, served
from tests.unit.facade_loop import Loop, application
from tests.unit.happenings import Happenings
from web.live.event_stream import StreamLimits, Streams


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", type=Path, help="folder for pictures of the dashboard; none are kept otherwise")


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    with chromium() as driver:
        yield driver


@pytest.fixture
def page(browser: Chrome) -> Iterator[Page]:
    tab = Page(browser)
    yield tab
    assert tab.told == []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A page that is still open when its servers end would tell of that."""
    tab = getattr(item, "funcargs", {}).get("page")
    if tab:
        tab.leave()


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures of the dashboard are put."""
    kept: Path | None = request.config.getoption("--screenshots")
    return kept or tmp_path


@pytest.fixture
def loop() -> Loop:
    return Loop(live=Happenings(max_events=100_000, max_bytes=64 * 2**20))


@pytest.fixture
def streams() -> Streams:
    return Streams(StreamLimits())


@pytest.fixture
def facade(loop: Loop, streams: Streams) -> Iterator[Served]:
    """Nobody is asked who they are."""
    with served(lambda: application(loop, streams=streams)) as place:
        yield place
