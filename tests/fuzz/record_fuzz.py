"""The record fuzzer: forged records onto a running deployment, and whether each had its fate and nothing got stuck."""

import json
from dataclasses import dataclass, field
from random import Random

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_groups import kafka_groups
from orderflow.local.notices import Say
from orderflow.local.role import Role
from orderflow.wire.records import Topic
from tests.chaos.own_servers import OwnServers
from tests.e2e.deployment import Deployment
from tests.eventually import eventually
from tests.fuzz.forging import Forge
from tests.fuzz.listening import heard
from tests.fuzz.rounds import Rounds, StuckError
from tests.fuzz.sending import sender
from tests.fuzz.verdict import Sent, failures
from tests.verified import found_by, verified

LAG_SECONDS = 10.0
LOUD = {"error", "critical"}


@dataclass(slots=True, kw_only=True)
class RecordRun:
    """What was sent and what came of it; `refused` by the broker. `failures` hold one line each."""

    sent: list[Sent] = field(default_factory=list)
    outcomes: int = 0
    letters: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)


async def fuzz_records(own: OwnServers, *, seed: int, records: int, say: Say, patience: float = 60.0) -> RecordRun:
    """Every sentinel has to be answered within `patience` seconds."""
    run, deployment = RecordRun(), own.deployment
    forge = Forge(Random(seed), deployment.partitions, f"fuzz{seed}")
    async with heard(deployment) as ears, sender(deployment.brokers, deployment.name(Topic.COMMANDS)) as out:
        rounds = Rounds(forge=forge, sender=out, heard=ears, say=say, patience=patience)
        try:
            await rounds.run(records)
            await eventually(lambda: _all_acknowledged(deployment), within=LAG_SECONDS)
        except (StuckError, AssertionError) as stuck:
            run.failures.append(f"{stuck}: lag by partition {await lag(deployment)}")
        run.sent, run.refused, run.outcomes, run.letters = (
            rounds.sent,
            out.refused,
            len(ears.outcomes),
            len(ears.letters),
        )
        run.failures += failures(run.sent, ears.outcomes, ears.letters)
    return run


async def aftermath(own: OwnServers) -> list[str]:
    """What the roles complain of, and what `orderflow verify` finds."""
    try:
        found = list(found_by(await verified(own.deployment.environment)))
    except RuntimeError as error:
        found = [str(error)]
    return [*complaints(own.worker), *complaints(own.web), *found]


def complaints(role: Role) -> list[str]:
    """What a role's log says above a warning."""
    lines = role.log.read_text(errors="replace").splitlines()
    loud = [line for line in lines if line.startswith("Traceback") or _level(line) in LOUD]
    return [*([f"the {role.name} ended"] if role.ended() else []), *(f"the {role.name} says: {line}" for line in loud)]


def _level(line: str) -> str | None:
    """None for what no logger wrote."""
    try:
        level: str | None = json.loads(line).get("level")
    except ValueError:
        return None
    return level


async def lag(deployment: Deployment) -> dict[int, int]:
    """Partition -> how many of its records are not acknowledged."""
    async with kafka_groups(KafkaAccess(brokers=deployment.brokers)) as groups:
        found = await groups.positions(f"{deployment.prefix}.orderflow-worker", deployment.name(Topic.COMMANDS))
    return {position.partition: position.lag for position in found if position.lag}


async def _all_acknowledged(deployment: Deployment) -> bool:
    return not await lag(deployment)
