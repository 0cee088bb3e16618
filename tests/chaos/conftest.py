"""Grounds of their own for tests that break servers: made once, for it takes ten seconds."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.site import Site, site


@pytest.fixture(scope="module")
async def grounds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with site(tmp_path_factory.mktemp("grounds"), print, seed=1) as made:
        yield made
