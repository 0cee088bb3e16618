"""`python -m benchmarks`: what `make bench` and `make bench-long` run."""

import asyncio
import logging
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from aiokafka.errors import KafkaError
from rich.console import Console

from benchmarks.auth import auth_steps
from benchmarks.bench import Bench, Part
from benchmarks.footprint import footprint_steps
from benchmarks.ground import NotEmptyError, refuse_what_is_not_empty
from benchmarks.growth import growth_steps
from benchmarks.http import http_steps
from benchmarks.insights import insights_steps
from benchmarks.latency import latency_steps
from benchmarks.machine import this_machine
from benchmarks.patience import FailedError
from benchmarks.progress import run
from benchmarks.report import Report
from benchmarks.results import Results
from benchmarks.target import target_part
from benchmarks.telemetry import telemetry_steps
from benchmarks.worker import worker_steps
from orderflow.local.errors import ServerDidNotStart
from orderflow.local.stack import Stack
from orderflow.settings import Settings

PARTS = [
    Part("worker", worker_steps, 130),
    Part("http", http_steps, 140),
    Part("auth", auth_steps, 85),
    Part("telemetry", telemetry_steps, 165),
    Part("latency", latency_steps, 60),
    Part("footprint", footprint_steps, 50, long_seconds=660),
    Part("insights", insights_steps, 95),
    Part("growth", growth_steps, 60, long_seconds=420),
]
WHOLE, TRIED = Path("docs/benchmarks"), Path("build/benchmarks")
WIDTH = 140
"""Of tables that go into a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for on the command line."""

    only: str | None
    target: str | None
    out: Path | None
    long: bool
    rounds: int
    scale: float
    given_servers: bool
    name: str

    @property
    def whole(self) -> bool:
        return not self.only and not self.target

    @property
    def parts(self) -> list[Part]:
        return [target_part(self.target)] if self.target else [part for part in PARTS if self.only in (None, part.name)]

    @property
    def folder(self) -> Path:
        """A part, or a try, leaves the results of the last whole run alone."""
        return self.out or (WHOLE if self.whole and self.scale == 1 else TRIED)


@click.command(epilog="Example: make bench ONLY=worker")
@click.option("--only", type=click.Choice([part.name for part in PARTS]), help="Measure one part.")
@click.option("--long", is_flag=True, help="Also a million orders, and memory over ten minutes.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="How often each is measured.")
@click.option("--scale", type=click.FloatRange(0.01, 10), default=1.0, help="Size of everything; below 1 only to try.")
@click.option("--target", metavar="URL", help="Measure create, change and list of another service instead.")
@click.option("--given-servers", is_flag=True, help="Use the servers of ORDERFLOW_*, where nothing may be stored yet.")
@click.option("--name", default="", help="Begins every topic, database and key; made up by default.")
@click.option("--out", type=click.Path(path_type=Path), help=f"Folder for the results: {WHOLE}, of a part {TRIED}.")
def bench(**given: Any) -> None:  # noqa: ANN401 - as click reads them
    """Measure the worker beside hand-written loops, the facade, authentication, metrics, latency, memory and growth.

    That takes about 13 minutes. What it makes is dropped again. The exit code is 0 also when a figure falls short.
    """
    logging.disable(logging.CRITICAL)
    options, machine, begun = Options(**given), this_machine(), datetime.now(UTC)
    progress, terminal = Console(stderr=True, highlight=False), Console(highlight=False)
    if machine.busy:
        progress.print(f"the machine is busy (load {machine.load:.1f} on {machine.cores} cores): expect wide spreads")
    with _told(), _home() as home:
        results, servers = _measured(options, home, progress)
    report = Report(
        results=results,
        machine=machine,
        servers=servers,
        begun=begun,
        rounds=options.rounds,
        scale=options.scale,
        long=options.long,
    )
    report.show(terminal if terminal.is_terminal else Console(highlight=False, width=WIDTH))
    report.write(options.folder)
    progress.print(f"written to {options.folder}")


def _measured(options: Options, home: Path, progress: Console) -> tuple[Results, str]:
    """The results, and what servers they are of."""
    with ExitStack() as stack:
        title, servers = (
            ("another service", {}) if options.target else _servers(home, stack, given=options.given_servers)
        )
        bench = Bench(
            servers=servers,
            home=home,
            name=options.name or f"bench-{uuid.uuid4().hex[:8]}",
            rounds=options.rounds,
            scale=options.scale,
            whole=options.whole,
            long=options.long,
        )
        asyncio.run(run(bench, options.parts, progress))
        return bench.results, title


@contextmanager
def _told() -> Iterator[None]:
    """What a person can mend comes out as one line."""
    try:
        yield
    except (NotEmptyError, FailedError, ServerDidNotStart, KafkaError, OSError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _home() -> Iterator[Path]:
    """Data and logs, which stay when something went wrong."""
    home, kept = Path(tempfile.mkdtemp(prefix="orderflow-bench-")), False
    try:
        yield home
    except NotEmptyError:
        raise
    except Exception:
        kept = True
        click.echo(f"logs and data: {home}", err=True)
        raise
    finally:
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


def _servers(home: Path, stack: ExitStack, *, given: bool) -> tuple[str, Mapping[str, str]]:
    """What they are, and the settings that name them."""
    if given:
        settings = Settings()
        asyncio.run(refuse_what_is_not_empty(settings))
        return "given servers", {
            "ORDERFLOW_KAFKA_BROKERS": settings.kafka_brokers,
            "ORDERFLOW_MONGO_URL": settings.mongo_url.get_secret_value(),
            "ORDERFLOW_REDIS_URL": settings.redis_url.get_secret_value(),
        }
    servers = stack.enter_context(Stack(home / "servers"))
    return ", ".join(sorted(server.title for server in servers.servers)), servers.environment()


if __name__ == "__main__":
    bench(prog_name="make bench")
