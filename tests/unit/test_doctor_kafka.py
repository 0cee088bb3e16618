"""What the doctor thinks of brokers, topics and groups."""

from dataclasses import replace

import pytest

from orderflow.adapters.kafka_inspection import ClusterFacts, TopicFacts
from orderflow.doctor.brokers import changelog, cluster, topics, writes
from orderflow.doctor.finding import Finding, Level
from orderflow.doctor.readers import group
from orderflow.settings import Settings
from orderflow.streaming.topic_configs import topic_configs
from orderflow.wire.records import Topic
from tests.unit.groups import member, position, reading

SETTINGS = Settings(topic_prefix="p.", partitions=4)
COMMANDS = "p.order_commands"
DEFAULTS = {"message.timestamp.type": "CreateTime", "cleanup.policy": "delete", "min.insync.replicas": "1"}


def good(settings: Settings = SETTINGS) -> dict[str, TopicFacts]:
    return {
        settings.named(topic): TopicFacts(
            partitions=settings.partitions,
            replication=settings.replication,
            in_sync=settings.replication,
            leaderless=0,
            configs=DEFAULTS | topic_configs(topic, settings),
        )
        for topic in Topic
    }


def flaws(found: dict[str, TopicFacts], settings: Settings = SETTINGS) -> list[Finding]:
    return [finding for finding in topics(found, settings) if finding.level is not Level.OK]


@pytest.mark.parametrize("settings", [SETTINGS, Settings(partitions=4, replication=3)])
def test_topics_as_we_create_them_are_all_well(settings: Settings) -> None:
    assert [finding.level for finding in topics(good(settings), settings)] == [Level.OK] * len(Topic)


def test_a_missing_topic_is_named() -> None:
    found = good()
    del found[COMMANDS]
    [flaw] = flaws(found)
    assert (flaw.level, flaw.subject, flaw.remedy) == (
        Level.WRONG,
        f"topic {COMMANDS}",
        "`orderflow init` creates it",
    )


@pytest.mark.parametrize(
    ("changed", "level", "detail", "remedy"),
    [
        ({"partitions": 3}, Level.WRONG, "has 3 partitions, not 4", "`orderflow init --partitions 4`"),
        ({"partitions": 6}, Level.WRONG, "has 6 partitions, not 4", "ORDERFLOW_PARTITIONS=6"),
        ({"leaderless": 1}, Level.WRONG, "1 partition without a leader", "start the brokers"),
        ({"in_sync": 0}, Level.WRONG, "writes are refused", "start the brokers"),
        ({"replication": 3, "in_sync": 2}, Level.WARNING, "only 2 of 3 copies", "start the brokers"),
        ({"replication": 3, "in_sync": 3}, Level.WARNING, "may mean a single copy", "min.insync.replicas=2"),
        ({"configs": {}}, Level.WARNING, "are not checked", "Apache Kafka"),
    ],
)
def test_each_flaw_of_a_topic_is_told_with_what_to_do(
    changed: dict[str, int], level: Level, detail: str, remedy: str
) -> None:
    found = good()
    found[COMMANDS] = replace(found[COMMANDS], **changed)  # type: ignore[arg-type]
    flaw = flaws(found)[0]
    assert (flaw.level, flaw.subject) == (level, f"topic {COMMANDS}")
    assert detail in flaw.detail
    assert remedy in flaw.remedy


@pytest.mark.parametrize(
    ("config", "value", "level"),
    [
        ("message.timestamp.type", "CreateTime", Level.WRONG),
        ("max.message.bytes", "1048588", Level.WRONG),
        ("cleanup.policy", "compact", Level.WRONG),
        ("retention.ms", "60000", Level.WARNING),
    ],
)
def test_a_config_that_could_lose_records_is_told_with_the_one_it_needs(config: str, value: str, level: Level) -> None:
    found = good()
    found[COMMANDS] = replace(found[COMMANDS], configs={**found[COMMANDS].configs, config: value})
    [flaw] = flaws(found)
    assert (flaw.level, f"{config}={value}" in flaw.detail, f"--add-config {config}=" in flaw.remedy) == (
        level,
        True,
        True,
    )


def test_fewer_copies_than_asked_for_are_told() -> None:
    settings = Settings(partitions=4, replication=3)
    found = good(settings)
    name = settings.named(Topic.EVENTS)
    found[name] = replace(
        found[name], replication=1, in_sync=1, configs=DEFAULTS | topic_configs(Topic.EVENTS, SETTINGS)
    )
    [flaw] = flaws(found, settings)
    assert (flaw.level, flaw.subject, "ORDERFLOW_REPLICATION=3" in flaw.detail) == (
        Level.WARNING,
        f"topic {name}",
        True,
    )


def test_of_what_the_broker_does_not_tell_nothing_is_said() -> None:
    settings = Settings(partitions=4, replication=3)
    found = good(settings)
    name = settings.named(Topic.EVENTS)
    found[name] = replace(found[name], configs={})
    [flaw] = flaws(found, settings)
    assert ("are not checked" in flaw.detail, "DescribeConfigs" in flaw.remedy) == (True, True)


def test_as_many_needed_as_there_are_copies_stops_all_writes_with_one_broker() -> None:
    found = good()
    needed = {**found[COMMANDS].configs, "min.insync.replicas": "2"}
    found[COMMANDS] = replace(found[COMMANDS], replication=2, in_sync=2, configs=needed)
    [flaw] = flaws(found)
    assert (flaw.level, "one broker down" in flaw.detail) == (Level.WARNING, True)


@pytest.mark.parametrize(
    ("brokers", "requests", "settings", "levels"),
    [
        (1, range(93), SETTINGS, [Level.OK]),
        (3, range(93), SETTINGS, [Level.OK, Level.WARNING]),
        (3, range(93), Settings(replication=3), [Level.OK]),
        (1, range(93), Settings(replication=3), [Level.OK, Level.WRONG]),
        (1, range(20), SETTINGS, [Level.OK, Level.WARNING]),
    ],
)
def test_brokers_are_enough_for_the_copies_asked_for(
    brokers: int, requests: range, settings: Settings, levels: list[Level]
) -> None:
    assert [each.level for each in cluster(ClusterFacts(brokers=brokers, requests=requests), settings)] == levels


@pytest.mark.parametrize(("partitions", "levels"), [(4, [Level.OK]), (8, [Level.WRONG])])
def test_the_changelog_of_statistics_has_as_many_partitions_as_the_events(partitions: int, levels: list[Level]) -> None:
    facts = replace(good()[COMMANDS], partitions=partitions)
    assert [finding.level for finding in changelog(facts, SETTINGS)] == levels
    assert list(changelog(None, SETTINGS)) == []


def test_who_may_not_write_is_told_which_topic_refuses() -> None:
    [refused] = writes({COMMANDS: "TopicAuthorizationFailedError"})
    assert (refused.level, COMMANDS in refused.detail) == (Level.WRONG, True)
    assert [finding.level for finding in writes({})] == [Level.OK]


@pytest.mark.parametrize(
    ("state", "members", "role", "level", "detail"),
    [
        ("Stable", (member(1, 0),), "worker", Level.OK, "1 member, lag 3"),
        ("Stable", (member(1, 0), member(2)), "worker", Level.WARNING, "1 of 2 members have no partition"),
        ("PreparingRebalance", (member(1),), "worker", Level.WARNING, "PreparingRebalance"),
        ("Empty", (), "worker", Level.WARNING, "no worker runs, and 3 records wait"),
        ("Dead", (), "worker", Level.WARNING, "no worker runs"),
        ("Dead", (), "insights", Level.OK, "no insights ever ran"),
        ("Empty", (), "insights", Level.WARNING, "no insights runs"),
    ],
)
def test_a_group_without_anybody_at_work_is_told(
    state: str, members: tuple[object, ...], role: str, level: Level, detail: str
) -> None:
    found = group(reading(position(0, 0, 3), members=members, state=state), role)  # type: ignore[arg-type]
    assert (found.level, detail in found.detail) == (level, True)
