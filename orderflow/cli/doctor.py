"""`orderflow doctor`: whether a deployment is as it should be, and what to do about it."""

import sys

import click
import orjson
from rich.console import Console

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.doctor_report import as_json, show
from orderflow.cli.running import run
from orderflow.doctor.examination import examine
from orderflow.doctor.finding import Level


@click.command(
    short_help="Check a deployment and say what to fix.",
    epilog="Example: orderflow doctor   (for a program: orderflow doctor --json)",
)
@click.option("--json", "json", is_flag=True, help="Print one JSON object instead of the table.")
def doctor(*, json: bool) -> None:
    """Check the software here, the settings, Kafka and its topics, groups, MongoDB, Redis, clocks and local roles.

    Reads only. Whether we may write is asked with requests that change nothing. A server that is away is named, and
    the others are checked all the same; it takes a few seconds at most.

    The exit code is 0 where nothing is wrong (there may be warnings), 1 where something is.
    """
    found = run(examine(deployed_settings()))
    if json:
        click.echo(orjson.dumps(as_json(found)))
    else:
        show(found, Console())
    sys.exit(any(finding.level is Level.WRONG for finding in found))
