"""`orderflow lag`: how far each role is behind, partition by partition."""

from collections.abc import Sequence
from contextlib import aclosing

import click
import orjson
from rich.console import Console
from rich.live import Live

from orderflow.bootstrap import now
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.lag_report import as_json, view
from orderflow.cli.running import until_interrupted
from orderflow.settings import Settings
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.group_readings import GroupProgress, group_progress


@click.command(
    short_help="Show how far each role is behind.",
    epilog="Example: orderflow lag --interval 1   (for a program: orderflow lag --once --json)",
)
@click.option("--once", is_flag=True, help="Show it once and end, as where the output is no terminal.")
@click.option("--json", "json", is_flag=True, help="Print one JSON object a line instead, on and on without --once.")
@click.option("--interval", type=click.FloatRange(min=0.1), default=2.0, show_default=True, help="In seconds.")
def lag(*, once: bool, json: bool, interval: float) -> None:
    """Show, for each partition of the topic that a role reads, how many records are not done and who reads it.

    Lag is counted from what the role's group has committed, or from the partition's beginning where it has committed
    nothing. Where the last thing on a partition is the end of a program's transaction, a lag of 1 stays: its marker
    has an offset, too. The rate is what the group did a second since the reading before.

    Ctrl-C ends it. The exit code is 1 where Kafka cannot be asked, once; the live view waits for it.
    """
    console, settings = Console(), deployed_settings()
    if json:
        until_interrupted(_print(settings, interval, once=once))
    elif once or not console.is_terminal:
        until_interrupted(_show(settings, console))
    else:
        until_interrupted(_live(settings, interval, console))


async def _print(settings: Settings, interval: float, *, once: bool) -> None:
    async with aclosing(group_progress(settings, interval)) as readings:
        async for found in readings:
            click.echo(orjson.dumps(as_json(_told(found), now())))
            if once:
                return


async def _show(settings: Settings, console: Console) -> None:
    async with aclosing(group_progress(settings, interval=0)) as readings:
        async for found in readings:
            console.print(view(_told(found)))
            return


async def _live(settings: Settings, interval: float, console: Console) -> None:
    shown: Sequence[GroupProgress] = ()
    with Live(console=console, auto_refresh=False) as live:
        async with aclosing(group_progress(settings, interval)) as readings:
            async for found in readings:
                away = found if isinstance(found, KafkaUnusableError) else None
                shown = shown if isinstance(found, KafkaUnusableError) else found
                live.update(view(shown, away), refresh=True)


def _told(found: Sequence[GroupProgress] | KafkaUnusableError) -> Sequence[GroupProgress]:
    if isinstance(found, KafkaUnusableError):
        raise found
    return found
