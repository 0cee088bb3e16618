"""Findings for people and for programs."""

from collections import Counter
from collections.abc import Iterator, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orderflow.cli.plain_text import plain
from orderflow.doctor.finding import Finding, Level
from orderflow.words import counted

_STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.WRONG: "bold red"}


def as_json(found: Sequence[Finding]) -> dict[str, object]:
    counts = _counts(found)
    return {
        "wrong": counts[Level.WRONG],
        "warnings": counts[Level.WARNING],
        "findings": [
            {"level": each.level, "subject": each.subject, "detail": each.detail, "remedy": each.remedy or None}
            for each in found
        ],
    }


def show(found: Sequence[Finding], console: Console) -> None:
    """A table on a terminal, one line per finding elsewhere; the last line sums up."""
    if console.is_terminal:
        console.print(_table(found))
    else:
        for finding in found:
            click.echo(plain(f"{finding.level:8} {finding.subject}: {_words(finding)}"))
    console.print(Text(summary(found), _STYLES[worst(found)]))


def summary(found: Sequence[Finding]) -> str:
    counts = _counts(found)
    wrong, warnings = counts[Level.WRONG], counts[Level.WARNING]
    said = counted(warnings, "warning")
    if wrong:
        return f"{wrong} wrong, {said}"
    return f"nothing wrong, {said}" if warnings else "all green"


def worst(found: Sequence[Finding]) -> Level:
    levels = _counts(found)
    return next((level for level in (Level.WRONG, Level.WARNING) if levels[level]), Level.OK)


def _counts(found: Sequence[Finding]) -> Counter[Level]:
    return Counter(finding.level for finding in found)


def _words(finding: Finding) -> str:
    return f"{finding.detail}; to do: {finding.remedy}" if finding.remedy else finding.detail


def _table(found: Sequence[Finding]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in found:
        table.add_row(*_row(finding))
    return table


def _row(finding: Finding) -> Iterator[Text]:
    yield Text(finding.level, _STYLES[finding.level])
    yield Text(plain(finding.subject), "bold")
    yield Text.assemble(
        (plain(finding.detail), "dim" if finding.level is Level.OK else ""),
        *([f"\n→ {plain(finding.remedy)}"] if finding.remedy else []),
    )
