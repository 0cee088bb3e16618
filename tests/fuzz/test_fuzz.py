"""A short run of the record fuzzer over real servers, and that it finds out a worker which stops in the middle."""

import signal
from collections.abc import AsyncIterator

import pytest

from tests.chaos.own_servers import OwnServers, own_servers
from tests.fuzz.record_fuzz import aftermath, fuzz_records

pytestmark = pytest.mark.apache_kafka


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnServers]:
    async with own_servers(tmp_path_factory.mktemp("fuzz"), ORDERFLOW_SESSION_SECONDS="10") as own:
        yield own


async def test_every_forged_record_has_its_fate_on_real_servers(own: OwnServers) -> None:
    run = await fuzz_records(own, seed=11, records=3_000, say=print)
    assert run.failures == []
    assert await aftermath(own) == []


async def test_a_worker_that_stands_still_is_found_out(own: OwnServers) -> None:
    own.worker.signal(signal.SIGSTOP)
    try:
        run = await fuzz_records(own, seed=12, records=100, say=print, patience=2)
    finally:
        own.worker.signal(signal.SIGCONT)
    assert run.failures[0].startswith("no answer within 2 s to ['fuzz12-sentinel-")
