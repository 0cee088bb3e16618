"""The documents say what the code does: settings with their defaults, and every problem with its status."""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from orderflow.settings import Settings
from orderflow.wire.problems import STATUS_OF

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


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


def test_the_readme_lists_every_setting_with_its_default() -> None:
    assert rows(r"^\| `(ORDERFLOW_\w+)` \| `?([^`|]*?)`? \|", README) == DEFAULTS


def test_the_example_environment_lists_every_setting_with_its_default() -> None:
    assert rows(r"^# (ORDERFLOW_\w+)=(.*)$", (ROOT / ".env.example").read_text()) == DEFAULTS


def test_the_example_environment_sets_nothing_by_itself() -> None:
    assert not re.findall(r"^[^#\n].*$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_the_readme_lists_every_problem_with_its_status() -> None:
    assert rows(r"^\| `([a-z-]+)` \| (\d{3}) \|", README) == {slug: str(status) for slug, status in STATUS_OF.items()}
