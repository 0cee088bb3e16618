"""The servers of live tests: those named by ORDERFLOW_TEST_*, else Docker's, else ours, started when a test asks.

A server that cannot start is an error, never a skip. Tests marked `apache_kafka` need more than Tansu can do.
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.local.mongo import SecantusDB
from orderflow.local.server import Program, Server
from orderflow.local.stack import broker
from orderflow.local.tansu import Tansu
from orderflow.local.valkey import Valkey
from tests import containers


@dataclass(frozen=True, kw_only=True)
class Role:
    """One of the three servers, and the ways to get it."""

    name: str
    given_by: str
    setting: str
    container: Callable[[], AbstractContextManager[str]]
    program: Callable[[], Program]


BROKER = Role(
    name="broker",
    given_by="ORDERFLOW_TEST_KAFKA",
    setting="ORDERFLOW_KAFKA_BROKERS",
    container=containers.kafka,
    program=broker,
)
DATABASE = Role(
    name="database",
    given_by="ORDERFLOW_TEST_MONGO",
    setting="ORDERFLOW_MONGO_URL",
    container=containers.mongo,
    program=SecantusDB,
)
CACHE = Role(
    name="cache",
    given_by="ORDERFLOW_TEST_REDIS",
    setting="ORDERFLOW_REDIS_URL",
    container=containers.redis,
    program=Valkey,
)
USED = pytest.StashKey[dict[str, str]]()
NOT_RUN = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def kafka_brokers(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[str]:
    with provided(BROKER, server_folder, request.config) as brokers:
        yield brokers


@pytest.fixture(scope="session")
def mongo_url(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[str]:
    with provided(DATABASE, server_folder, request.config) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[str]:
    with provided(CACHE, server_folder, request.config) as url:
        yield url


@pytest.fixture
async def database(mongo_url: str, unique: str) -> AsyncIterator[MongoConnection]:
    """A database of the test's own, gone after it."""
    connection = MongoConnection(SecretStr(mongo_url), unique)
    yield connection
    await connection.orders.database.client.drop_database(unique)
    await connection.close()


@pytest.fixture
def servers(kafka_brokers: str, mongo_url: str, redis_url: str) -> dict[str, str]:
    """The settings that name all three."""
    return {BROKER.setting: kafka_brokers, DATABASE.setting: mongo_url, CACHE.setting: redis_url}


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@contextmanager
def provided(role: Role, folder: Path, config: pytest.Config) -> Iterator[str]:
    """The address of a server that answers, and a note of what it is for the summary."""
    used = config.stash[USED]
    if given := os.environ.get(role.given_by):
        used[role.name] = f"given by {role.given_by}"
        yield given
    elif containers.docker_answers():
        with role.container() as address:
            used[role.name] = f"{role.container.__name__} (Docker)"
            yield address
    else:
        with Server(role.program(), folder) as server:
            used[role.name] = server.program.title
            yield server.environment[role.setting]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "apache_kafka: needs a real Kafka, not Tansu")
    config.addinivalue_line("markers", "tool(name): needs a program, and is named at the end where that is missing")
    config.stash[USED] = {}
    config.stash[NOT_RUN] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    demanding = [item for item in items if item.get_closest_marker("apache_kafka")]
    if demanding and only_tansu():
        for item in demanding:
            leave_out(config, item, "Apache Kafka", "install Java 17 and Maven")


def leave_out(config: pytest.Config, item: pytest.Item, need: str, remedy: str) -> None:
    """Skip what cannot pass here, and name it at the end; with ORDERFLOW_TEST_ALL=1, as in CI, it runs, and fails."""
    if os.environ.get("ORDERFLOW_TEST_ALL") != "1":
        config.stash[NOT_RUN].append(f"needs {need}: {item.nodeid}")
        item.add_marker(pytest.mark.skip(reason=f"needs {need}: {remedy}"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that runs half of the tests tells the one that sums up what it used."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["servers"] = (session.config.stash[USED], session.config.stash[NOT_RUN])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - of a plugin without types
    config = node.config
    used, not_run = getattr(node, "workeroutput", {}).get("servers", ({}, []))
    config.stash[USED].update(used)
    config.stash[NOT_RUN].extend(line for line in not_run if line not in config.stash[NOT_RUN])


def only_tansu() -> bool:
    """Whether the broker would be Tansu."""
    if os.environ.get(BROKER.given_by) or containers.docker_answers():
        return False
    return isinstance(broker(say=lambda _: None), Tansu)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name, title in sorted(config.stash[USED].items()):
        terminalreporter.write_line(f"{name}: {title}")
    for line in config.stash[NOT_RUN]:
        terminalreporter.write_line(f"did not run, {line}")
