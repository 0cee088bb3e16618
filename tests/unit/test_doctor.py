"""What the doctor thinks of everything but Kafka."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from pydantic import SecretStr

from orderflow.adapters.mongo_inspection import MongoFacts
from orderflow.adapters.redis_inspection import RedisFacts
from orderflow.adapters.server_urls import address_of
from orderflow.doctor import cache, database, deadline, examination, roles, software
from orderflow.doctor.clocks import clock
from orderflow.doctor.configuration import configuration
from orderflow.doctor.finding import Finding, Level, ok
from orderflow.settings import Settings

FAR = Settings(mongo_url=SecretStr("mongodb://u:p@db.example/"), redis_url=SecretStr("redis://:p@cache.example/0"))
MONGO: dict[str, Any] = {
    "title": "MongoDB 7.0.1",
    "version": (7, 0),
    "members": 3,
    "sharded": False,
    "writable": True,
    "ahead": 0.0,
}
REDIS: dict[str, Any] = {
    "title": "Redis 7.4",
    "clustered": False,
    "memory_limit": 2**20,
    "policy": "allkeys-lru",
    "seconds": 0.001,
    "ahead": 0.0,
}


def levels(found: Iterable[Finding]) -> list[str]:
    return [str(finding.level) for finding in found]


@pytest.mark.parametrize(
    ("changed", "settings", "expected"),
    [
        ({}, FAR, ["ok"]),
        ({"members": 0}, FAR, ["ok", "warning"]),
        ({"members": 0}, Settings(), ["ok"]),
        ({"members": 0, "sharded": True}, FAR, ["ok"]),
        ({"version": (4, 2)}, FAR, ["ok", "wrong"]),
        ({"writable": False}, FAR, ["ok", "wrong"]),
    ],
)
def test_a_database_is_held_against_what_is_promised_of_it(
    changed: dict[str, object], settings: Settings, expected: list[str]
) -> None:
    found = list(database.server(MongoFacts(**{**MONGO, **changed}), settings))
    assert levels(found) == expected
    assert "u:p" not in found[0].detail


def test_missing_indexes_and_a_refused_write_are_named() -> None:
    missing = database.indexes(["state, created_at, _id"], Settings())
    refused = database.writing("refused: not authorized", Settings())
    assert levels([missing, refused]) == ["wrong", "wrong"]
    assert "state, created_at, _id" in missing.detail
    assert "readWrite" in refused.remedy
    assert levels([database.indexes([], Settings()), database.writing(None, Settings())]) == ["ok", "ok"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["ok"]),
        ({"policy": "noeviction"}, ["ok", "warning"]),
        ({"policy": "noeviction", "memory_limit": 0}, ["ok"]),
        ({"seconds": 0.4}, ["ok", "warning"]),
    ],
)
def test_a_cache_that_will_not_do_its_work_is_told(changed: dict[str, object], expected: list[str]) -> None:
    assert levels(cache.server(RedisFacts(**{**REDIS, **changed}), FAR)) == expected


def test_a_refused_script_is_wrong() -> None:
    assert levels([cache.scripts("refused: NOPERM"), cache.scripts(None)]) == ["wrong", "ok"]


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (0.4, Level.OK, "same"),
        (-5.0, Level.WARNING, "5.0 s behind"),
        (90.0, Level.WRONG, "90.0 s ahead of"),
    ],
)
def test_a_clock_that_is_off_is_told(ahead: float, level: Level, words: str) -> None:
    found = clock("Redis", ahead)
    assert (found.level, words in found.detail) == (level, True)


def test_python_and_packages_are_held_against_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert levels([software.python((3, 11, 0)), software.python((3, 14, 0))]) == ["ok", "wrong"]
    assert levels(software.packages()) == ["ok"]
    monkeypatch.setattr(software.metadata, "requires", lambda _: ["redis>=99", "nowhere-to-be-found", "x; extra=='y'"])
    found = list(software.packages())
    assert [(each.subject, each.level) for each in found] == [
        ("package redis", Level.WRONG),
        ("package nowhere-to-be-found", Level.WRONG),
    ]


@pytest.mark.parametrize(
    ("settings", "variables", "expected"),
    [
        (Settings(), ["ORDERFLOW_PARTITIONS", "ORDERFLOW_TEST_KAFKA", "HOME"], ["ok"]),
        (Settings(), ["ORDERFLOW_PARTITION"], ["warning"]),
        (Settings(http_host="0.0.0.0"), [], ["wrong"]),  # noqa: S104 - what must not be
        (Settings(http_host="0.0.0.0", insecure=True), [], ["warning"]),  # noqa: S104 - what must not be
        (Settings(lifecycle="/nowhere.toml"), [], ["wrong"]),
    ],
)
def test_settings_that_open_doors_or_that_nobody_reads_are_told(
    settings: Settings, variables: list[str], expected: list[str]
) -> None:
    assert levels(configuration(settings, variables)) == expected


def test_a_misspelt_setting_is_told_which_one_it_may_be() -> None:
    [found] = configuration(Settings(), ["ORDERFLOW_TOPIC_PREFX"])
    assert "ORDERFLOW_TOPIC_PREFIX" in found.remedy


def test_a_role_says_itself_what_it_waits_for() -> None:
    waits = {"status": "waiting", "checks": {"Kafka": "the group is rebalancing", "mongodb": "ok"}}
    assert roles.judge("http://h", {"status": "ready", "checks": {}}).level is Level.OK
    assert roles.judge("http://h", waits).detail == "Kafka: the group is rebalancing"


def test_roles_are_looked_for_where_they_listen_or_would() -> None:
    assert roles.urls(Settings(http_host="::1", http_port=9, ops_port=10)) == ["http://[::1]:9", "http://[::1]:10"]
    assert roles.urls(Settings(http_host="0.0.0.0")) == [f"http://127.0.0.1:{port}" for port in (8080, 8081, 8082)]  # noqa: S104 - open to all


async def test_a_check_that_hangs_or_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def fail() -> list[Finding]:
        raise ConnectionResetError("gone")

    monkeypatch.setattr(deadline, "SECONDS", 0.01)
    [hung], [failed] = await deadline.within("X", hang()), await deadline.within("Y", fail())
    assert (hung.level, "in time" in hung.detail) == (Level.WRONG, True)
    assert (failed.level, "gone" in failed.detail) == (Level.WRONG, True)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mongodb://u:p@h:1,i:2/x?y=z", "h:1,i:2"),
        ("redis://h:1/0", "h:1"),
        ("redis://:a/b@h:1/0", "the address given"),
    ],
)
def test_of_an_url_only_the_address_is_shown(url: str, address: str) -> None:
    assert address_of(SecretStr(url)) == address


async def test_a_broker_that_dies_meanwhile_is_a_finding_like_any_other(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    async def well(_settings: Settings) -> list[Finding]:
        return [ok("Kafka", "one broker")]

    monkeypatch.setattr(examination, "_cluster", well)
    address = f"127.0.0.1:{unused_tcp_port}"
    mongo, redis = SecretStr(f"mongodb://{address}/?serverSelectionTimeoutMS=100"), SecretStr(f"redis://{address}/0")

    found = await examination.examine(Settings(kafka_brokers=address, mongo_url=mongo, redis_url=redis))

    away = {each.subject for each in found if each.level is Level.WRONG}
    assert away >= {"topics", "writing to Kafka", "groups", "MongoDB", "Redis"}
