"""`python -m tests.fuzz`: what `make fuzz` runs."""

import asyncio
import logging
import sys
from pathlib import Path

import click
from rich.console import Console

from tests.chaos.__main__ import Timed, kept_unless_clean
from tests.chaos.own_servers import own_servers
from tests.fuzz.record_fuzz import RecordRun, aftermath, fuzz_records
from tests.fuzz.report import tables


@click.command(epilog="Example: make fuzz SEED=7 RECORDS=20000")
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes records and requests.")
@click.option("--records", type=click.IntRange(min=0), default=100_000, show_default=True, help="Sent onto Kafka.")
def fuzz(seed: int, records: int) -> None:
    """Send what no client should, over Kafka and HTTP, to servers of its own, and see that nothing breaks.

    One worker and one facade in a temporary directory, which stays when something is wrong. The last line counts
    the failures.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    with kept_unless_clean("fuzz") as folder:
        run = asyncio.run(_run(seed, records, folder.path, Timed(Console(stderr=True, highlight=False))))
        Console().print(tables(run))
        folder.clean = not run.failures
        click.echo(f"{len(run.failures)} failure{'' if len(run.failures) == 1 else 's'}")
    sys.exit(0 if folder.clean else 1)


async def _run(seed: int, records: int, home: Path, say: Timed) -> RecordRun:
    async with own_servers(home, ORDERFLOW_SESSION_SECONDS="10") as own:
        say("one worker and one facade are ready")
        run = await fuzz_records(own, seed=seed, records=records, say=say)
        say("every record is judged")
        run.failures += await aftermath(own)
        say("logs and deployment are verified")
        return run


if __name__ == "__main__":
    fuzz(prog_name="make fuzz")
