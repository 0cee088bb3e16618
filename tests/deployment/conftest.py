"""A test marked `tool` runs where its program is; elsewhere the end of the run names it."""

import pytest

from tests.deployment.tools import found
from tests.servers import NOT_RUN


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        missing = [mark.args[0] for mark in item.iter_markers("tool") if not found(mark.args[0])]
        if missing:
            config.stash[NOT_RUN].append(f"needs {missing[0]}: {item.nodeid}")
            item.add_marker(pytest.mark.skip(reason=f"needs {missing[0]}: see `make tools` in CONTRIBUTING.md"))
