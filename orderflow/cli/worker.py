"""`orderflow worker`: the command agent."""

import asyncio
import logging.config
import os

import click

from orderflow.bootstrap import prepare
from orderflow.cli.refusals import refusals_told
from orderflow.cli.roles import LOGGING, run, settled
from orderflow.local.ports import claimed_port
from orderflow.processing.readiness import Readiness

OPS_PORT = 8081


@click.command(epilog="Example: orderflow worker   (again in a second terminal: the two share the partitions)")
def worker() -> None:
    """Apply commands from order_commands until Ctrl-C or SIGTERM; any number of workers share the partitions.

    Creates missing topics and indexes, and waits for servers that are away. Once they have answered, /livez and
    /readyz are served on ORDERFLOW_OPS_PORT (8081, else the next free port).
    """
    settings = settled()
    port = settings.ops_port or claimed_port(OPS_PORT)
    os.environ["ORDERFLOW_OPS_PORT"] = str(port)
    logging.config.dictConfig(LOGGING)
    with refusals_told():
        asyncio.run(prepare(settings, Readiness()))
    click.echo(f"worker: http://127.0.0.1:{port}/readyz", err=True)
    run("agents.commands")
