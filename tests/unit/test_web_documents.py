"""`/docs` from files on disk: whatever the page asks for is served, and by nobody else."""

import re
from pathlib import Path

import pytest

import web
from tests.unit.facade_loop import Client

STATIC = Path(web.__file__).parent / "static"


async def test_the_page_is_made_of_files_that_are_served(client: Client) -> None:
    page = await client.send("GET", "/docs")
    assert (page.status, page.content_type) == (200, "text/html")
    files = re.findall(r'(?:src|href)="([^"]+)"', await page.text())
    assert "docs/swagger-ui-bundle.js" in files
    for file in files:
        answer = await client.send("GET", f"/{file}")
        assert (answer.status, len(await answer.read()) > 100) == (200, True), file


async def test_a_script_is_served_as_one(client: Client) -> None:
    answer = await client.send("GET", "/docs/docs.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("file", ["docs.html", "..%2Fdocuments.py", "%2e%2e%2fdocuments.py", "LICENSE", "%FF"])
async def test_no_other_file_is_served(client: Client, file: str) -> None:
    answer = await client.send("GET", f"/docs/{file}")
    assert (answer.status, (await answer.json())["type"]) == (404, "route-not-found")


def test_the_page_names_no_other_host() -> None:
    for file in STATIC.iterdir():
        assert "//" not in re.sub(r"^//.*", "", file.read_text(), flags=re.MULTILINE), file


def test_the_page_holds_no_script_of_its_own() -> None:
    page = (STATIC / "docs.html").read_text()
    assert re.findall(r"<script>|<style|style=|\son\w+=", page) == []
