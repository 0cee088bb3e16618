"""The files of the dashboard: served with their policy, asked for anew each time, small, nothing from elsewhere."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.unit.facade_loop import Client, Loop, running
from web.dashboard.page import FILES, PAGE, STATIC

TOTAL = 150_000
NAMES = re.compile(r'(?:src|href)="(dashboard/[^"]+)"')
IMPORTS = re.compile(r'from "\./([^"]+)"')
OWN_NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    async with running(Loop()) as client:
        yield client


async def test_the_page_is_made_of_files_that_are_served(client: Client) -> None:
    page = await client.send("GET", "/")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for file in NAMES.findall(await page.text()):
        answer = await client.send("GET", f"/{file}")
        assert (answer.status, len(await answer.read()) > 100) == (200, True), file


async def test_a_script_is_served_as_one_and_so_is_what_it_imports(client: Client) -> None:
    for file in FILES:
        if file.endswith(".js"):
            answer = await client.send("GET", f"/dashboard/{file}")
            assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
            assert set(IMPORTS.findall(await answer.text())) <= set(FILES)


@pytest.mark.parametrize("path", ["/", "/dashboard/main.js"])
async def test_a_browser_keeps_it_and_asks_each_time_whether_it_still_holds(client: Client, path: str) -> None:
    shown = await client.send("GET", path)
    again = await client.send("GET", path, headers={"If-None-Match": shown.headers["ETag"]})
    assert (again.status, again.headers["Cache-Control"]) == (304, "private, no-cache")


@pytest.mark.parametrize("path", ["/", "/dashboard/look.css"])
async def test_it_may_load_its_own_files_only(client: Client, path: str) -> None:
    policy = (await client.send("GET", path)).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("file", [PAGE, "page.py", "..%2Fpage.py", "%2e%2e%2fpage.py", "LICENSE"])
async def test_no_other_file_is_served(client: Client, file: str) -> None:
    answer = await client.send("GET", f"/dashboard/{file}")
    assert (answer.status, (await answer.json())["type"]) == (404, "route-not-found")


def test_it_is_small() -> None:
    assert sum(len(file.content) for file in FILES.values()) < TOTAL


@pytest.mark.parametrize("name", FILES)
def test_it_names_no_other_host(name: str) -> None:
    text = (STATIC / name).read_text().replace(OWN_NAMESPACE, "")
    assert "//" not in re.sub(r"(^|\s)//.*", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", FILES)
def test_nothing_that_comes_over_the_line_can_become_markup(name: str) -> None:
    text = (STATIC / name).read_text()
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text) == []


def test_the_page_holds_no_script_or_style_of_its_own() -> None:
    page = (STATIC / PAGE).read_text()
    assert re.findall(r"<script>|<style|style=|\son\w+=", page) == []
