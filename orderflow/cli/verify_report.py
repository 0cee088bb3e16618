"""What a verification found, for people and for programs."""

from collections.abc import Iterator

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orderflow.verification.gathering import Gathered
from orderflow.verification.report import Finding, Report
from orderflow.words import counted


def as_json(report: Report, gathered: Gathered) -> dict[str, object]:
    return {
        "violations": report.violations,
        "invariants": [_finding(finding) for finding in report.findings],
        **report.counts,
        "pending": gathered.pending,
        "repeated": report.repeated,
        "notes": list(notes(report, gathered)),
    }


def show(report: Report, gathered: Gathered, console: Console) -> None:
    """Tables and notes; the last line is plain."""
    console.print(_counts(report), _table(report))
    for finding in report.findings:
        if finding.violations:
            _show_examples(finding)
    for note in notes(report, gathered):
        click.echo(note)
    click.echo(counted(report.violations, "violation"))


def notes(report: Report, gathered: Gathered) -> Iterator[str]:
    """What was not looked at, and why."""
    counts = report.counts
    if not any(counts.values()) and not gathered.pending:
        yield "the deployment is empty"
    if gathered.pending:
        yield f"{gathered.pending} commands are not applied yet, so they were not looked at: does a worker run?"
    if old := counts["orders_before_log"]:
        yield f"{old} orders begin before the logs do: what the logs no longer hold of them was not looked for"
    if several := counts["orders_on_several_partitions"]:
        yield f"{several} orders have events on several partitions: between these, their order was not compared"
    for why in gathered.unchecked.values():
        yield f"cache {why}"
    if gathered.uncounted:
        yield f"statistics not compared: {gathered.uncounted}"


def _finding(finding: Finding) -> dict[str, object]:
    examples = [{"order_id": order_id, "detail": detail} for order_id, detail in finding.examples]
    return {
        "name": finding.name,
        "checked": finding.checked,
        "violations": finding.violations,
        "examples": examples,
        "unchecked": finding.unchecked,
    }


def _counts(report: Report) -> Table:
    table = Table("read")
    table.add_column("count", justify="right")
    table.add_column("repeated", justify="right")
    for name, count in report.counts.items():
        table.add_row(name.replace("_", " "), str(count), str(report.repeated.get(name, "")))
    return table


def _table(report: Report) -> Table:
    table = Table("invariant")
    for name in ("checked", "violations"):
        table.add_column(name, justify="right")
    for finding in report.findings:
        row = ("-", finding.unchecked) if finding.unchecked else (str(finding.checked), _marked(finding.violations))
        table.add_row(escape(finding.name), *row)
    return table


def _marked(violations: int) -> str:
    return f"[bold red]{violations}[/]" if violations else "0"


def _show_examples(finding: Finding) -> None:
    click.echo(f"{finding.name}:")
    for order_id, detail in finding.examples:
        click.echo(f"  {order_id}: {detail}")
    if finding.violations > len(finding.examples):
        click.echo(f"  and {finding.violations - len(finding.examples)} more")
