"""`orderflow dlq purge`: delete dead letters from the beginning of their topic."""

from typing import Unpack

import click

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.dlq_options import Filters, filters, letter_ids, require_choice
from orderflow.cli.running import run
from orderflow.processing.dead_letter_desk import Purge
from orderflow.processing.selection import Selection
from orderflow.settings import Settings
from orderflow.streaming.desk_opening import open_desk
from orderflow.wire.letters import LetterId


@click.command(epilog="Example: orderflow dlq purge --until 30d --dry-run")
@letter_ids
@filters
@click.option("--all", "everything", is_flag=True, help="Purge every letter.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(ids: tuple[LetterId, ...], *, everything: bool, dry_run: bool, yes: bool, **filters: Unpack[Filters]) -> None:
    """Delete letters for good: those named by ID, those that all filters match, or --all.

    Kafka deletes only the beginning of a partition. So each partition is purged from its beginning up to the first
    letter that was not asked for; those behind it are held back, and what comes in while it asks stays. The last line
    says: purged 12, held back 3
    """
    require_choice(ids, filters, everything=everything)
    settings, selection = deployed_settings(), Selection(ids=frozenset(ids), **filters)
    plan = run(_planned(settings, selection))
    if dry_run:
        click.echo(_summary(plan, "would purge", "hold"))
        return
    if not yes:
        click.confirm(f"{_summary(plan, 'purge', 'hold')}: delete them for good?", abort=True, err=True)
    run(_purge(settings, plan))
    click.echo(_summary(plan, "purged", "held"))


def _summary(purge: Purge, purged: str, held: str) -> str:
    return f"{purged} {purge.purged}, {held} back {purge.held_back}"


async def _planned(settings: Settings, selection: Selection) -> Purge:
    async with open_desk(settings) as desk:
        return await desk.plan_purge(selection)


async def _purge(settings: Settings, plan: Purge) -> None:
    async with open_desk(settings) as desk:
        await desk.purge(plan)
