"""Consumer groups for people and for programs."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from orderflow.streaming.group_readings import GroupProgress
from orderflow.wire.groups import Member, Position
from orderflow.words import counted

_NUMBERS = ("partition", "end", "committed", "lag", "rate /s")


def view(groups: Iterable[GroupProgress], away: Exception | None = None) -> Group:
    """A table for each group that exists; `away` says why what is shown is old."""
    lines: list[RenderableType] = [part for group in groups for part in _group(group)]
    return Group(*lines, *([Text(str(away), "yellow")] if away else []))


def as_json(groups: Iterable[GroupProgress], at: datetime) -> dict[str, object]:
    return {"at": at, "groups": [_group_json(group) for group in groups]}


def _group(progress: GroupProgress) -> Iterator[RenderableType]:
    reading = progress.reading
    if reading.is_dead:
        yield Text(f"{reading.group}: not a member was ever there, so {reading.topic} is not read", "dim")
    else:
        yield Text(_headline(progress), "bold")
        yield _table(progress)


def _headline(progress: GroupProgress) -> str:
    reading = progress.reading
    members = counted(len(reading.members), "member")
    said = f"{reading.group} on {reading.topic}: {reading.state}, {members}, lag {reading.lag}"
    return f"{said}, {sum(progress.rates.values()):.0f}/s" if progress.rates else said


def _table(progress: GroupProgress) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name in _NUMBERS:
        table.add_column(name, justify="right")
    table.add_column("member", overflow="fold")
    for position in progress.reading.positions:
        table.add_row(*_row(position, progress))
    return table


def _row(position: Position, progress: GroupProgress) -> Iterator[str]:
    rate = progress.rates.get(position.partition)
    yield str(position.partition)
    yield str(position.end)
    yield "-" if position.committed is None else str(position.committed)
    yield f"[yellow]{position.lag}[/]" if position.lag else "0"
    yield "-" if rate is None else f"{rate:.0f}"
    reader = progress.reading.reader_of(position.partition)
    yield escape(_name(reader)) if reader else "[yellow]nobody[/]"


def _name(member: Member) -> str:
    return f"{member.client_id} ({member.host})"


def _group_json(progress: GroupProgress) -> dict[str, object]:
    reading = progress.reading
    return {
        "group": reading.group,
        "topic": reading.topic,
        "state": reading.state,
        "lag": reading.lag,
        "members": [_member_json(member) for member in reading.members],
        "partitions": [_position_json(position, progress) for position in reading.positions],
    }


def _member_json(member: Member) -> dict[str, object]:
    return {"id": member.id, "client_id": member.client_id, "host": member.host, "partitions": member.partitions}


def _position_json(position: Position, progress: GroupProgress) -> dict[str, object]:
    reader = progress.reading.reader_of(position.partition)
    return {
        "partition": position.partition,
        "begin": position.begin,
        "end": position.end,
        "committed": position.committed,
        "lag": position.lag,
        "rate": progress.rates.get(position.partition),
        "member": reader.id if reader else None,
    }
