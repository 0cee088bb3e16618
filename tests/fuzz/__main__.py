"""`python -m tests.fuzz`: what `make fuzz` runs."""

import asyncio
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from tests.chaos.__main__ import Timed, kept_unless_clean
from tests.chaos.own_servers import own_servers
from tests.fuzz.http_fuzz import HttpRun, fuzz_http
from tests.fuzz.record_fuzz import RecordRun, aftermath, fuzz_records
from tests.fuzz.report import tables

SETTINGS = {"ORDERFLOW_SESSION_SECONDS": "10", "ORDERFLOW_AUTH": "on", "ORDERFLOW_RATE_LIMIT": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Both ways in, and what was found afterwards."""

    http: HttpRun
    records: RecordRun
    aftermath: list[str]

    @property
    def failures(self) -> list[str]:
        return [*self.http.failures, *self.records.failures, *self.aftermath]


@click.command(epilog="Example: make fuzz SEED=7 RECORDS=20000 CASES=4000")
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes requests and records.")
@click.option("--cases", type=click.IntRange(min=1), default=2_000, show_default=True, help="Over HTTP, at least.")
@click.option("--records", type=click.IntRange(min=1), default=100_000, show_default=True, help="Onto Kafka.")
def fuzz(seed: int, cases: int, records: int) -> None:
    """Send over HTTP and Kafka what no client should, and judge every answer.

    One worker and one facade, with authentication, on servers of their own in a temporary directory, which stays
    when something is wrong. The last line says: 0 failures
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    with kept_unless_clean("fuzz") as folder:
        say = Timed(Console(stderr=True, highlight=False))
        run = asyncio.run(_run(seed, cases, records, folder.path, say))
        failures = run.failures
        Console().print(tables(run.http, run.records, failures))
        if run.http.failures:
            click.echo(f"requests to repeat: {run.http.log}")
        click.echo(f"{len(failures)} failure{'' if len(failures) == 1 else 's'}")
        folder.clean = not failures
    sys.exit(0 if folder.clean else 1)


async def _run(seed: int, cases: int, records: int, home: Path, say: Timed) -> Run:
    async with own_servers(home, **SETTINGS) as own:
        say("one worker and one facade are ready")
        # First, for it expects no outcomes but those of its own records.
        forged = await fuzz_records(own, seed=seed, records=records, say=say)
        say("every record is judged")
        http = await fuzz_http(own, seed=seed, cases=cases, home=home)
        say(f"{http.cases} cases over HTTP are judged")
        found = await aftermath(own)
        say("logs and deployment are verified")
        return Run(http=http, records=forged, aftermath=found)


if __name__ == "__main__":
    fuzz(prog_name="make fuzz")
