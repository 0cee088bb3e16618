"""`orderflow verify`: a whole deployment against its invariants."""

import logging
import sys

import click
import orjson
import uvloop
from rich.console import Console

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.verified_deployment import open_deployment
from orderflow.cli.verify_progress import watched
from orderflow.cli.verify_report import as_json, show
from orderflow.settings import Settings
from orderflow.verification.evidence import evidence
from orderflow.verification.gathering import Gathered, Gathering, StalledError
from orderflow.verification.report import Report, judge

_CANNOT_CHECK = 2


@click.command(
    short_help="Check that nothing is lost or doubled.",
    epilog="Example: orderflow verify   (for a program: orderflow verify --json)",
)
@click.option("--json", "json", is_flag=True, help="Print one JSON object instead of the tables.")
@click.option("--examples", type=click.IntRange(min=0), default=5, show_default=True, help="Shown per invariant.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="How many seconds to wait until the workers have applied what was sent before.",
)
def verify(*, json: bool, examples: int, timeout: float) -> None:
    """Check that nothing is lost and nothing doubled: commands, outcomes, events, orders, cache and lists.

    Reads everything and changes nothing; workers and clients may go on. What is read is kept in a temporary file
    (TMPDIR), so memory does not grow with the deployment. The last line says: 0 violations

    The exit code is 0 without violations, 1 with some, and 2 where nothing could be checked, because a server is away
    or `orderflow init` has not run. Only Redis may be away: then the cache is not checked.
    """
    try:
        report, gathered = _verified(deployed_settings(), examples, timeout)
    except click.ClickException as error:
        error.exit_code = _CANNOT_CHECK
        raise
    if json:
        click.echo(orjson.dumps(as_json(report, gathered)))
    else:
        show(report, gathered, Console())
    sys.exit(1 if report.violations else 0)


def _verified(settings: Settings, examples: int, timeout: float) -> tuple[Report, Gathered]:
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        return uvloop.run(_verify(settings, examples, timeout))
    except click.ClickException:
        raise
    except StalledError as error:
        raise click.ClickException(f"the deployment could not be read to its end: {error}") from error
    except Exception as error:  # a server that went away meanwhile, as its driver says it
        raise click.ClickException(f"the deployment could not be read to its end: {type(error).__name__}") from error


async def _verify(settings: Settings, examples: int, patience: float) -> tuple[Report, Gathered]:
    async with open_deployment(settings, patience) as deployment:
        with evidence() as read, watched() as progress:
            gathered = await Gathering(deployment, read, progress).all()
            return judge(read, examples, gathered.unchecked.get("Redis"), progress), gathered
