"""The documents say what the code does, settings and problems, and their links lead somewhere."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr

from orderflow.settings import Settings
from orderflow.wire.problems import STATUS_OF

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def written(default: object) -> str:
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(int(default))
    return default.get_secret_value() if isinstance(default, SecretStr) else str(default)


DEFAULTS = {f"ORDERFLOW_{name.upper()}": written(field.default) for name, field in Settings.model_fields.items()}


def rows(pattern: str, text: str) -> Mapping[str, str]:
    found = re.findall(pattern, text, re.MULTILINE)
    assert len(found) == len(dict(found)), "a row stands twice"
    return dict(found)


def test_the_settings_are_listed_with_their_defaults() -> None:
    assert rows(r"^\| `(ORDERFLOW_\w+)` \| `?([^`|]*?)`? \|", (ROOT / "docs/settings.md").read_text()) == DEFAULTS


def test_the_example_environment_lists_every_setting_with_its_default() -> None:
    assert rows(r"^# (ORDERFLOW_\w+)=(.*)$", (ROOT / ".env.example").read_text()) == DEFAULTS


def test_the_example_environment_sets_nothing_by_itself() -> None:
    assert not re.findall(r"^[^#\n].*$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_the_problems_are_listed_with_their_status() -> None:
    listed = rows(r"^\| `([a-z-]+)` \| (\d{3}) \|", (ROOT / "docs/api.md").read_text())
    assert listed == {slug: str(status) for slug, status in STATUS_OF.items()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", document.read_text())
    assert [link for link in links if not leads_somewhere(document, *link)] == []


@pytest.mark.parametrize("name", ["api.md", "kafka.md", "operations.md"])
def test_the_contents_name_every_section(name: str) -> None:
    text = (ROOT / "docs" / name).read_text()
    sections = anchors("\n".join(re.findall(r"^## .*$", text, re.MULTILINE)))
    contents = text[: text.index("\n## ")]
    assert [section for section in sections if f"(#{section})" not in contents] == []


def leads_somewhere(document: Path, name: str, anchor: str) -> bool:
    target = document.parent / name if name else document
    return target.exists() and (not anchor or anchor in anchors(target.read_text()))


def anchors(text: str) -> Sequence[str]:
    """Of its headings, as GitHub makes them; outside of blocks of code, where `#` begins a comment."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings]
