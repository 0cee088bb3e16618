"""`orderflow worker`: the command agent."""

import os

import click

from orderflow.cli.roles import run, settled
from orderflow.local.ports import claimed_port
from orderflow.settings import OPS_PORT


@click.command(
    short_help="Apply commands; run as many as you like.",
    epilog="Example: orderflow worker   (again in a second terminal: the two share the partitions)",
)
def worker() -> None:
    """Apply commands from order_commands until Ctrl-C or SIGTERM; any number of workers share the partitions.

    Creates missing topics and indexes, and waits for servers that are away; meanwhile /readyz says which. It and
    /livez are served on ORDERFLOW_OPS_PORT (8081, else the next free port).
    """
    port = settled().ops_port or claimed_port(OPS_PORT)
    os.environ["ORDERFLOW_OPS_PORT"] = str(port)
    run("agents.commands", f"http://127.0.0.1:{port}/readyz")
