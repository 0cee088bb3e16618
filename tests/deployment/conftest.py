"""A test marked `tool` runs where its program is; elsewhere the end of the run names it."""

import pytest

from tests.deployment.tools import found
from tests.servers import leave_out


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        missing = [mark.args[0] for mark in item.iter_markers("tool") if not found(mark.args[0])]
        if missing:
            leave_out(config, item, missing[0], "see `make tools` in CONTRIBUTING.md")
