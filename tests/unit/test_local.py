"""The parts of the embedded servers that need no server."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from orderflow.local import kafka_jars, processes
from orderflow.local.java import java_version
from orderflow.local.kafka_config import server_properties
from orderflow.local.ports import HOST, claimed_port, free_port
from orderflow.local.processes import Process, birth
from orderflow.local.stack import running_environment
from orderflow.local.state import RunningServer, last_ports, locked, remember, running_servers


def entry(name: str = "kafka", *, pid: int | None = None, ready: bool = True) -> RunningServer:
    return RunningServer(
        name=name,
        title=name.title(),
        address="127.0.0.1:1",
        environment={f"ORDERFLOW_{name.upper()}": "127.0.0.1:1"},
        process=Process.of(pid or os.getpid()),
        ready=ready,
    )


@pytest.mark.parametrize(
    ("report", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17),
        ('java version "1.8.0_392"', 8),
        ('openjdk version "21" 2023-09-19', 21),
        ('openjdk version "25-ea" 2025-09-16', 25),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", None),
    ],
)
def test_java_names_its_release_in_several_ways(report: str, version: int | None) -> None:
    assert java_version(report) == version


def test_kafka_listens_on_the_given_addresses_only() -> None:
    properties = dict(
        line.split("=", 1)
        for line in server_properties("kafka/log", broker="127.0.0.1:1", controller="127.0.0.1:2").splitlines()
    )
    assert properties["listeners"] == "PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2"
    assert properties["advertised.listeners"] == "PLAINTEXT://127.0.0.1:1"
    assert properties["log.dirs"] == "kafka/log"
    assert properties["auto.create.topics.enable"] == "false"
    assert int(properties["message.max.bytes"]) > 4 * 2**20


def test_the_jars_are_kept_under_the_version_that_the_pom_fetches() -> None:
    namespace = {"m": "http://maven.apache.org/POM/4.0.0"}
    pom = ET.parse(kafka_jars.POM)  # noqa: S314  our own file
    assert pom.findtext(".//m:dependency[m:artifactId='kafka_2.13']/m:version", namespaces=namespace) == (
        kafka_jars.VERSION
    )


def test_the_jars_follow_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kafka_jars.cache_folder().is_relative_to(tmp_path)


def test_free_ports_are_out_of_the_way_of_outgoing_connections() -> None:
    assert 1024 < free_port() < 32_768


def test_the_preferred_port_is_taken_when_nobody_has_it() -> None:
    port = free_port()
    assert free_port(port) == port


def test_a_process_is_told_from_a_later_one_with_its_pid() -> None:
    this = Process.of(os.getpid())
    assert this.alive()
    assert not replace(this, started="some other time").alive()


@pytest.mark.parametrize("source", [processes._from_proc, processes._from_ps])  # noqa: SLF001  both systems' ways
def test_a_processs_start_is_the_same_each_time_one_looks(source: Callable[[int], list[str]]) -> None:
    state, *started = source(os.getpid())
    assert state[0] in "RS"
    assert started == source(os.getpid())[1:] != []
    assert source(2**22 + 1) == []


def test_no_process_has_the_birth_of_a_pid_that_is_not_there() -> None:
    assert birth(2**22 + 1) is None


def test_what_was_written_down_is_found_again(tmp_path: Path) -> None:
    remember(tmp_path, [entry()])
    assert running_servers(tmp_path) == [entry()]


def test_entries_of_dead_and_reused_pids_are_stale(tmp_path: Path) -> None:
    reused = replace(entry(), process=replace(entry().process, started="1"))
    remember(tmp_path, [entry(pid=2**22 + 1), reused])
    assert running_servers(tmp_path) == []


@pytest.mark.parametrize("content", ["", "{}", '[{"name": "kafka"}]', "[" * 10])
def test_a_state_file_that_cannot_be_read_names_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "stack.json").write_text(content)
    assert running_servers(tmp_path) == []


def test_a_stopped_server_is_remembered_by_its_port(tmp_path: Path) -> None:
    remember(tmp_path, [entry(pid=2**22 + 1)])
    assert last_ports(tmp_path) == {"kafka": 1}


def test_a_folder_without_state_has_no_environment(tmp_path: Path) -> None:
    assert running_environment(tmp_path / "nowhere") is None


def test_the_environment_is_given_once_all_three_are_ready(tmp_path: Path) -> None:
    all_but_one = [entry("kafka"), entry("mongo")]
    remember(tmp_path, [*all_but_one, entry("redis", ready=False)])
    assert running_environment(tmp_path) is None
    remember(tmp_path, [*all_but_one, entry("redis")])
    assert running_environment(tmp_path) == {f"ORDERFLOW_{name}": "127.0.0.1:1" for name in ("KAFKA", "MONGO", "REDIS")}


def test_the_lock_makes_its_folder(tmp_path: Path) -> None:
    with locked(tmp_path / "new"):
        assert (tmp_path / "new").is_dir()


def test_a_port_that_is_given_up_in_time_is_had_again() -> None:
    with socket.socket() as former:
        former.bind((HOST, 0))
        former.listen()
        port = former.getsockname()[1]
        giving_up = threading.Timer(0.1, former.close)
        giving_up.start()
        assert free_port(port, within=5) == port
        giving_up.join()


def test_two_roles_that_start_at_once_claim_two_ports() -> None:
    first = free_port()
    here = claimed_port(first)
    ask = f"from orderflow.local.ports import claimed_port; print(claimed_port({first}))"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True)  # noqa: S603 - our own words
    there = int(told.stdout)
    assert here == first
    assert there > first
