"""The servers of live tests as Docker containers, where an engine answers on this machine."""

import functools
import operator
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException
from tenacity import Retrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed
from testcontainers.core.container import DockerContainer

from orderflow.local import probes
from orderflow.local.kafka_config import SETTINGS
from orderflow.local.ports import HOST, free_port

DOCKER_SOCKET = Path("/var/run/docker.sock")
INITIATE = "try { rs.status() } catch { rs.initiate() }; quit(db.hello().isWritablePrimary ? 0 : 1)"


@functools.cache
def docker_answers() -> bool:
    if "DOCKER_HOST" not in os.environ and not DOCKER_SOCKET.exists():
        return False  # Asking Docker's client would leave a socket open.
    try:
        with closing(docker.from_env()) as client:
            return bool(client.ping())
    except (DockerException, OSError):
        return False


@contextmanager
def kafka() -> Iterator[str]:
    port = free_port()
    addresses = {
        "listeners": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.quorum.voters": "1@localhost:9093",
    }
    container = DockerContainer("apache/kafka:4.1.0")
    for key, value in {**SETTINGS, **addresses}.items():
        container.with_env("KAFKA_" + key.upper().replace(".", "_"), str(value))
    with on_loopback(container, port, port):
        wait_until(lambda: probes.kafka_answers(port))
        yield f"{HOST}:{port}"


@contextmanager
def mongo() -> Iterator[str]:
    port = free_port()
    container = DockerContainer("mongo:8").with_command("--replSet rs0 --bind_ip_all")
    with on_loopback(container, 27017, port):
        wait_until(lambda: container.exec(["mongosh", "--quiet", "--eval", INITIATE]).exit_code == 0)
        yield f"mongodb://{HOST}:{port}/?directConnection=true"


@contextmanager
def redis() -> Iterator[str]:
    port = free_port()
    with on_loopback(DockerContainer("redis:8"), 6379, port):
        wait_until(lambda: probes.redis_answers(port))
        yield f"redis://{HOST}:{port}/0"


def on_loopback(container: DockerContainer, inner: int, outer: int) -> DockerContainer:
    """Publish a port on the loopback interface only, which `with_bind_ports` cannot say."""
    container.ports[f"{inner}/tcp"] = (HOST, outer)
    return container


def wait_until(answers: Callable[[], bool]) -> None:
    again = retry_if_exception_type(OSError) | retry_if_result(operator.not_)
    Retrying(stop=stop_after_delay(60), wait=wait_fixed(0.2), retry=again)(answers)
