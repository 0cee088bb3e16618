"""A deployment gets more partitions: the orders move to other ones, and nothing is lost on the way."""

import asyncio
import sys
from collections import defaultdict
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.wire.records import Topic
from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_script import ANY, DEAD_LETTER, Line, script
from tests.chaos.invariants import Remains, violations
from tests.eventually import eventually

FEW, MANY = 2, 8
ORDERLESS = ("validation", DEAD_LETTER)
"""Ends that have nothing to do with what came before."""

pytestmark = pytest.mark.apache_kafka


async def test_commands_before_and_after_it_all_take_effect(
    servers: dict[str, str], unique: str, tmp_path: Path
) -> None:
    deployment = CrashDeployment(servers, unique, tmp_path, partitions=FEW)
    lines = script(case_of_related_orders())
    middle = len(lines) // 2
    assert any(partition_of(line.key.encode(), FEW) != partition_of(line.key.encode(), MANY) for line in lines[middle:])
    try:
        await worked(deployment, lines[:middle])
        assert "start every role with ORDERFLOW_PARTITIONS=8" in await init(deployment, "--partitions", "8")
        await worked(deployment, lines[middle:], partitions=MANY)
        remains = await deployment.remains(lines)
    finally:
        await deployment.end()
    assert violations(lines, by_version(remains)) == []


async def test_it_is_refused_while_commands_wait_and_when_forced_still_loses_none(
    servers: dict[str, str], unique: str, tmp_path: Path
) -> None:
    deployment = CrashDeployment(servers, unique, tmp_path, partitions=FEW)
    lines = [line if line.end in ORDERLESS else replace(line, end=ANY) for line in script("forced")]
    first, waiting, later = lines[:8], lines[8:20], lines[20:]
    try:
        await worked(deployment, first)
        await deployment.send(waiting)
        refusal = await init(deployment, "--partitions", "8", code=1)
        assert f"12 commands on {unique}.order_commands are not applied yet" in refusal
        await init(deployment, "--partitions", "8", "--force")
        await worked(deployment, later, partitions=MANY)
        remains = await deployment.remains(lines)
    finally:
        await deployment.end()
    assert violations(lines, by_version(remains)) == []


async def test_the_same_call_continues_one_that_was_interrupted(
    servers: dict[str, str], unique: str, tmp_path: Path
) -> None:
    deployment = CrashDeployment(servers, unique, tmp_path, partitions=FEW)
    await deployment.prepare()
    admin = AIOKafkaAdminClient(bootstrap_servers=deployment.brokers)
    await admin.start()
    await admin.create_partitions({deployment.name(Topic.EVENTS): NewPartitions(total_count=4)})
    await admin.close()

    assert "has 2 partitions, not 4" in await init(deployment, code=1, partitions=4)
    await init(deployment, "--partitions", "4")

    await init(deployment, partitions=4)


async def test_partitions_are_never_taken_away_and_a_new_deployment_just_gets_them(
    servers: dict[str, str], unique: str, tmp_path: Path
) -> None:
    deployment = CrashDeployment(servers, unique, tmp_path, partitions=FEW)

    await init(deployment, "--partitions", "4")

    assert "order_commands has 4 partitions, and Kafka cannot take any away" in await init(
        deployment, "--partitions", "3", code=1
    )
    assert "--force goes with --partitions" in await init(deployment, "--force", code=2)


async def worked(deployment: CrashDeployment, lines: list[Line], partitions: int = FEW) -> None:
    """The lines are sent and a worker has applied all that is there, with that partition count, and is gone."""
    deployment.partitions = partitions
    deployment.environment["ORDERFLOW_PARTITIONS"] = str(partitions)
    await deployment.worker()
    await deployment.send(lines)
    await eventually(deployment.all_committed, within=30)
    await deployment.end()


async def init(deployment: CrashDeployment, *arguments: str, code: int = 0, partitions: int = FEW) -> str:
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("orderflow"), "init", *arguments),
        env=deployment.environment | {"ORDERFLOW_PARTITIONS": str(partitions)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == code, said.decode()
    return said.decode()


def case_of_related_orders() -> str:
    """The first of two creations wins their reference: both have to lie on one partition."""
    return next(
        case
        for case in (f"case-{number}" for number in count())
        if len({partition_of(f"{case}.{order}".encode(), MANY) for order in ("holder", "rival", "third")}) == 1
    )


def by_version(remains: Remains) -> Remains:
    """An order's events now lie on two partitions, each in order; taken together they are ordered by version."""
    versions: dict[tuple[bytes | None, int], list[bytes]] = defaultdict(list)
    for event in remains.events:
        versions[event.key, event.partition].append(dict(event.headers)["ce_sequence"])  # type: ignore[attr-defined]
    assert all(list(dict.fromkeys(each)) == sorted(set(each)) for each in versions.values())
    return replace(remains, events=sorted(remains.events, key=lambda event: dict(event.headers)["ce_sequence"]))
