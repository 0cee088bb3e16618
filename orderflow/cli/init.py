"""`orderflow init`: topics and indexes."""

import asyncio
import logging

import click

from orderflow.bootstrap import prepare
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.refusals import refusals_told
from orderflow.processing.readiness import Readiness


@click.command(epilog="Example: orderflow init")
def init() -> None:
    """Create missing topics and indexes; what exists stays as it is. Waits for servers that are away."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    settings = deployed_settings()
    with refusals_told():
        name = asyncio.run(prepare(settings, Readiness()))
    click.echo(f"topics and indexes are there; the command log is {name}")
