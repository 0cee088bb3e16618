"""A Chromium without a window, steered by its own driver; nothing is ever downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

WIDTH, HEIGHT = 1360, 900


def program(name: str, package: str) -> str:
    """Where it is; a test that cannot run fails."""
    path = shutil.which(name)
    assert path, f"{name} is missing: `apt-get install {package}`, or run .ci/run"
    return path


@contextmanager
def chromium() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = program("chromium", "chromium")
    options.add_argument("--headless=new")
    options.add_argument(f"--window-size={WIDTH},{HEIGHT}")
    options.add_argument("--disable-dev-shm-usage")
    options.add_argument("--hide-scrollbars")
    # For root, in many containers and without user namespaces there is no sandbox; it opens our own pages only.
    options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(program("chromedriver", "chromium-driver")))
    try:
        yield driver
    finally:
        driver.quit()
