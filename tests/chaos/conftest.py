"""Grounds of their own for tests that break servers."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.site import Site, site


@pytest.fixture(scope="module")
async def grounds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Made once, for it takes ten seconds."""
    async with site(tmp_path_factory.mktemp("grounds"), print) as made:
        yield made
