"""The command log begins again at offset 0 under its old name: what is new in it is applied, what is known is told."""

import shutil
import uuid
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from orderflow.local.server import Server
from orderflow.local.stack import broker
from orderflow.wire.records import Topic
from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_script import script
from tests.chaos.invariants import Remains, violations
from tests.eventually import eventually

LINES = script("log")
KNOWN, NEW = LINES[:16], LINES[16:]
SENT_AGAIN = [line for line in KNOWN if line.end == "applied"]

pytestmark = pytest.mark.apache_kafka


async def test_a_command_topic_that_was_deleted_and_created_again_swallows_nothing(
    servers: dict[str, str], unique: str, tmp_path: Path
) -> None:
    deployment = CrashDeployment(servers, unique, tmp_path, partitions=1)
    try:
        await deployment.worker()
        await first_log(deployment)
        await deployment.end()
        await delete_topic(deployment.brokers, deployment.name(Topic.COMMANDS))
        await deployment.prepare()
        await deployment.worker()
        await second_log(deployment)
        assert violations(LINES, await deployment.remains(LINES)) == []
    finally:
        await deployment.end()


async def test_a_broker_that_was_wiped_under_a_worker_and_has_its_old_cluster_id_swallows_nothing(
    servers: dict[str, str], unique: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = uuid.uuid4()
    monkeypatch.setattr("orderflow.local.kafka.uuid", SimpleNamespace(uuid4=lambda: always))
    with Server(broker(), tmp_path) as kafka:
        deployment = CrashDeployment(servers | kafka.environment, unique, tmp_path / "roles", partitions=1)
        try:
            await deployment.worker()
            before = await first_log(deployment)
            wipe(kafka, tmp_path)
            await deployment.prepare()
            await second_log(deployment)
            assert violations(LINES, both(before, await deployment.remains(LINES))) == []
        finally:
            await deployment.end()


async def first_log(deployment: CrashDeployment) -> Remains:
    await deployment.send(KNOWN)
    await eventually(deployment.all_committed, within=30)
    return await deployment.remains(LINES)


async def second_log(deployment: CrashDeployment) -> None:
    """New commands stand at all the offsets of the old log; then somebody sends old ones again."""
    assert len(NEW) > len(KNOWN)
    await deployment.send([*NEW, *SENT_AGAIN])
    await eventually(deployment.all_committed, within=30)


async def delete_topic(brokers: str, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.delete_topics([name])

        async def is_gone() -> bool:
            return name not in await admin.list_topics()

        await eventually(is_gone)
    finally:
        await admin.close()


def wipe(kafka: Server, home: Path) -> None:
    log = home / kafka.program.name / "log"
    identity = (log / "meta.properties").read_text()
    kafka.kill()
    shutil.rmtree(log)
    kafka.start()
    cluster = [line for line in identity.splitlines() if line.startswith("cluster.id")]
    assert cluster[0] in (log / "meta.properties").read_text()


def both(before: Remains, after: Remains) -> Remains:
    return replace(
        after,
        outcomes=[*before.outcomes, *after.outcomes],
        events=[*before.events, *after.events],
        dead_letters=[*before.dead_letters, *after.dead_letters],
    )
