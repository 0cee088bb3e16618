"""`orderflow stack`: the embedded servers alone, in the background."""

import click
from rich.console import Console
from rich.table import Table

from orderflow.local.errors import ServerDidNotStart
from orderflow.local.stack import Stack, running_environment, stop_servers
from orderflow.local.state import RunningServer, running_servers
from orderflow.settings import Settings


@click.group(
    short_help="Run the embedded servers alone, without Docker.",
    epilog="Example: orderflow stack up && orderflow init && orderflow stack down",
)
def stack() -> None:
    """Run Kafka, MongoDB and Redis protocol servers on this machine, without Docker.

    They keep their data in ORDERFLOW_DATA_DIR (.orderflow). All other commands use them while they run.
    """


@stack.command(epilog="Example: orderflow stack up")
def up() -> None:
    """Start the servers in the background and print their addresses.

    Servers that run already are used as they are.
    """
    servers = Stack(Settings().data_dir, tethered=False)
    try:
        servers.start()
    except ServerDidNotStart as error:
        raise click.ClickException(str(error)) from error
    for server in servers.servers:
        click.echo(f"{server.title}: {server.address}")


@stack.command(epilog="Example: orderflow stack down")
def down() -> None:
    """Stop the servers; their data stays."""
    stopped = stop_servers(Settings().data_dir)
    for server in stopped:
        click.echo(f"stopped {server.title}")
    if not stopped:
        click.echo(f"no server of {Settings().data_dir} runs")


@stack.command(epilog="Example: ORDERFLOW_DATA_DIR=trial orderflow stack status")
def status() -> None:
    """Show which servers run, and where."""
    servers = running_servers(Settings().data_dir)
    if servers:
        Console().print(_table(servers))
    else:
        click.echo(f"no server of {Settings().data_dir} runs")


@stack.command(epilog="Example: env $(orderflow stack env) python my_producer.py")
def env() -> None:
    """Print the settings that name the running servers, one KEY=VALUE a line."""
    environment = running_environment(Settings().data_dir)
    if environment is None:
        raise click.ClickException(f"not all servers of {Settings().data_dir} run: `orderflow stack up` starts them")
    for key, value in environment.items():
        click.echo(f"{key}={value}")


def _table(servers: list[RunningServer]) -> Table:
    table = Table("server", "address", "pid", "state")
    for server in servers:
        table.add_row(server.title, server.address, str(server.process.pid), "ready" if server.ready else "starting")
    return table
