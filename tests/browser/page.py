"""The dashboard as somebody at the browser sees it."""

import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

WITHIN = 10.0
AXE = """
  const done = arguments[arguments.length - 1];
  axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}).then(({violations}) => done(
    violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)));
"""


@cache
def axe() -> str:
    """axe-core, from a package whose own code is not needed."""
    package = find_spec("axe_core_python")
    assert package
    assert package.origin
    return (Path(package.origin).parent / "axe.min.js").read_text()


class Page:
    """A tab of its own. `told`: its console's errors when it was left; `bears`: the statuses that answers may have."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self.bears: set[int] = set()
        self.told: list[str] = []
        self.url = ""
        before = driver.window_handles
        driver.switch_to.new_window("tab")
        for handle in before:
            driver.switch_to.window(handle)
            driver.close()
        driver.switch_to.window(driver.window_handles[0])
        driver.get_log("browser")

    def open(self, url: str) -> None:
        self.url = url
        self.driver.get(url)

    def leave(self) -> None:
        """Nothing is asked from here on."""
        self.told = self.errors()
        self.driver.get("about:blank")

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        """What can be read there, in whatever elements match."""
        return " | ".join(element.text for element in self.all(css) if element.is_displayed())

    def until(self, condition: Callable[[], object], within: float = WITHIN) -> None:
        deadline = time.monotonic() + within
        while True:
            try:
                if condition():
                    return
            except StaleElementReferenceException:
                pass  # It was drawn anew.
            assert time.monotonic() < deadline, f"still not true after {within:g} s; the page says {self.text('main')}"

    def until_text(self, css: str, part: str, within: float = WITHIN) -> None:
        self.until(lambda: part in self.text(css), within)

    def violations(self) -> list[str]:
        """Rules of accessibility that the page breaks as it is now."""
        self.run(axe())
        found: list[str] = self.driver.execute_async_script(AXE)
        return found

    def run(self, script: str, *given: object) -> Any:  # noqa: ANN401 - whatever the script returns
        return self.driver.execute_script(script, *given)

    def press(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def prefer(self, scheme: str) -> None:
        """What the system would say: dark or light."""
        said = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", said)

    def errors(self) -> list[str]:
        """What the console shows in red, but for answers of a status that the test expects."""
        severe = [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [entry["message"] for entry in severe if not self._is_borne(entry)]

    def _is_borne(self, entry: dict[str, Any]) -> bool:
        return entry["source"] == "network" and any(f"status of {status} " in entry["message"] for status in self.bears)
