"""`orderflow init`: topics and indexes."""

import asyncio
import logging

import click

from orderflow.bootstrap import from_kafka, prepare
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.refusals import refusals_told
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.streaming.partitions import raise_partitions


@click.command(
    short_help="Create missing topics and indexes.",
    epilog="Example: orderflow init   (later, with nothing waiting: orderflow init --partitions 16)",
)
@click.option(
    "--partitions",
    type=click.IntRange(min=1, max=10_000),
    help="Raise all topics to so many partitions; they can never become fewer. Stop the facades first.",
)
@click.option("--force", is_flag=True, help="Raise them although commands wait: later ones may overtake these.")
def init(partitions: int | None, *, force: bool) -> None:
    """Create missing topics and indexes; what exists stays as it is. Waits for servers that are away.

    With --partitions, topics that have fewer get more. All roles have to be started anew with the new count.
    """
    if force and partitions is None:
        raise click.UsageError("--force goes with --partitions")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    settings = deployed_settings()
    with refusals_told():
        if partitions is None:
            name = asyncio.run(prepare(settings, Readiness()))
        else:
            name = asyncio.run(_grown(settings.model_copy(update={"partitions": partitions}), force=force))
    click.echo(f"topics and indexes are there; the command log is {name}")
    if partitions is not None:
        click.echo(f"all topics have {partitions} partitions: start every role with ORDERFLOW_PARTITIONS={partitions}")


async def _grown(settings: Settings, *, force: bool) -> str:
    readiness = Readiness()
    await from_kafka(readiness, raise_partitions, settings, force=force)
    return await prepare(settings, readiness)
