"""`orderflow up`: the embedded servers and all roles in one terminal."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import click

from orderflow.cli.refusals import refusals_told
from orderflow.gate.check import refuse_gaps
from orderflow.local.errors import ServerDidNotStart
from orderflow.local.ports import HOST, claimed_port, is_free
from orderflow.local.role import Role
from orderflow.local.stack import Stack
from orderflow.local.tansu import NO_TABLES
from orderflow.settings import INSIGHTS_PORT, OPS_PORT, Settings

WITHIN = 120.0
_IN_THE_CLEAR = {"ORDERFLOW_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}
"""Whatever .env says of other brokers: the embedded one listens on loopback only."""


class StoppedError(Exception):
    """Ctrl-C or SIGTERM."""


@click.command(
    short_help="Start servers and all roles in one terminal.",
    epilog="Example: ORDERFLOW_HTTP_PORT=9090 orderflow up",
)
def up() -> None:
    """Start Kafka, MongoDB and Redis protocol servers, worker, insights and facade; Ctrl-C stops all."""
    settings = Settings()
    with refusals_told():
        refuse_gaps(settings)
    if not is_free(settings.http_port):
        raise click.ClickException(f"port {settings.http_port} is taken: set ORDERFLOW_HTTP_PORT to another one")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        with Stack(settings.data_dir) as servers:
            _run(settings, servers)
    except StoppedError:
        click.echo("stopped", err=True)
    except ServerDidNotStart as error:
        raise click.ClickException(str(error)) from error


def _run(settings: Settings, servers: Stack) -> None:
    said = {"ORDERFLOW_LOG_FORMAT": settings.log_format or "console"}
    environment = {**os.environ, **servers.environment(), **_IN_THE_CLEAR, **said}
    logs = settings.data_dir / "logs"
    with ExitStack() as running:
        roles = [
            running.enter_context(Role(name, environment | {variable: str(port)}, logs, f"http://{HOST}:{port}"))
            for name, variable, port in _places(settings, tables=servers.has_tables)
        ]
        _until(lambda: all(role.ready() for role in roles), roles, WITHIN)
        click.echo(f"orderflow is ready: {roles[0].url}")
        _until(lambda: False, roles, None)


def _places(settings: Settings, *, tables: bool) -> Iterator[tuple[str, str, int]]:
    """Each role's name, and the variable that names its port."""
    yield "web", "ORDERFLOW_HTTP_PORT", settings.http_port
    yield "worker", "ORDERFLOW_OPS_PORT", settings.ops_port or claimed_port(OPS_PORT)
    if tables:
        yield (
            "insights",
            "ORDERFLOW_OPS_PORT",
            claimed_port(settings.ops_port + 1 if settings.ops_port else INSIGHTS_PORT),
        )
    else:
        click.echo(f"no statistics: {NO_TABLES}", err=True)


def _until(done: Callable[[], bool], roles: Sequence[Role], seconds: float | None) -> None:
    """Wait while every role runs; a role that ends takes the others with it."""
    deadline = time.monotonic() + seconds if seconds else None
    while not done():
        for role in roles:
            if role.ended():
                raise click.ClickException(f"{role.name} has ended; see {role.log}\n{role.last_words()}")
            if deadline and time.monotonic() > deadline:
                raise click.ClickException(f"not ready within {seconds} s; see {role.log}\n{role.last_words()}")
        signal.sigtimedwait((), 0.1)


def _stop(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise StoppedError
