"""`orderflow watch`: what happens, as it happens."""

import asyncio
from contextlib import aclosing

import click
from rich.console import Console
from rich.live import Live

from orderflow import bootstrap
from orderflow.adapters.redis_statistics import RedisStatistics
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.running import until_interrupted
from orderflow.cli.watch_counts import CountReader
from orderflow.cli.watch_events import line
from orderflow.cli.watch_screen import Screen
from orderflow.settings import Settings
from orderflow.streaming.event_watch import events_of, open_feed
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.group_readings import group_progress

_PROGRESS_SECONDS = 2.0


@click.command(
    short_help="Watch events as they come.",
    epilog="Example: orderflow watch --client client-123   (for a program: orderflow watch --json)",
)
@click.option("--client", "client_id", help="Only this client's orders.")
@click.option("--json", "json", is_flag=True, help="Print each event from now on as a JSON line.")
def watch(client_id: str | None, *, json: bool) -> None:
    """Show how many commands a second are applied, how many orders are in each state, and events as they come.

    The counts come from the insights roles; without one, or without Redis, they are missing.

    Where the output is no terminal, events from now on are printed as lines. What comes faster than it can be shown is
    passed over: for every event read the topic. Ctrl-C ends it.
    """
    console, settings = Console(), deployed_settings()
    if json or not console.is_terminal:
        until_interrupted(_print(settings, client_id, json=json))
    else:
        until_interrupted(_live(settings, client_id, console))


async def _print(settings: Settings, client_id: str | None, *, json: bool) -> None:
    async with open_feed(settings) as feed, aclosing(events_of(feed, client_id, earlier=False)) as events:
        async for some in events:
            for event in some:
                click.echo(event.value if json else line(event))


async def _live(settings: Settings, client_id: str | None, console: Console) -> None:
    screen = Screen(client_id)
    async with open_feed(settings) as feed, aclosing(events_of(feed, client_id, earlier=True)) as events:
        following = asyncio.gather(_follow_progress(settings, screen), _follow_counts(settings, client_id, screen))
        try:
            with Live(console=console, screen=True, auto_refresh=False) as live:
                async for some in events:
                    screen.add(some)
                    live.update(screen.view(console.height), refresh=True)
        finally:
            following.cancel()
            await asyncio.wait([following])


async def _follow_progress(settings: Settings, screen: Screen) -> None:
    async with aclosing(group_progress(settings, _PROGRESS_SECONDS)) as readings:
        async for found in readings:
            screen.progress = found if isinstance(found, KafkaUnusableError) else found[0]


async def _follow_counts(settings: Settings, client_id: str | None, screen: Screen) -> None:
    async with bootstrap.redis(settings, _PROGRESS_SECONDS) as connection:
        counts = CountReader(RedisStatistics(connection, settings.redis_prefix), settings, client_id)
        while True:
            screen.counts = await counts.read()
            await asyncio.sleep(_PROGRESS_SECONDS)
