"""`orderflow dlq`: look at dead letters, put them back, delete them."""

import click

from orderflow.cli.dlq_list import list_
from orderflow.cli.dlq_purge import purge
from orderflow.cli.dlq_replay import replay
from orderflow.cli.dlq_show import show


@click.group(
    short_help="Look at, replay and purge dead letters.",
    epilog="Example: orderflow dlq list --stage decode --since 2h",
)
def dlq() -> None:
    """Look at dead letters, put them back onto the command topic, delete them.

    A dead letter is named PARTITION-OFFSET, after its place on the dead letter topic.
    """


for command in (list_, show, replay, purge):
    dlq.add_command(command)
