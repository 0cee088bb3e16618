"""A run as tables."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from tests.fuzz.record_fuzz import RecordRun

EXAMPLES, WIDTH = 20, 400


def tables(run: RecordRun) -> Group:
    return Group(_records(run), *_failures(run))


def _records(run: RecordRun) -> Table:
    """By strategy, and what the oracle says of them."""
    dead = Counter(record.forged.strategy for record in run.sent if record.fate.command is None)
    table = Table("strategy", title=f"{_number(len(run.sent))} records on the log")
    for name in ("records", "outcomes due", "dead letters due"):
        table.add_column(name, justify="right")
    for strategy, times in Counter(record.forged.strategy for record in run.sent).most_common():
        table.add_row(strategy, _number(times), _number(times - dead[strategy]), _number(dead[strategy]))
    table.add_section()
    table.add_row("came", "", _number(run.outcomes), _number(run.letters))
    table.add_row("refused by the broker", _number(run.refused), "", "")
    return table


def _failures(run: RecordRun) -> Iterator[RenderableType]:
    if run.failures:
        table = Table("failures", min_width=60)
        for failure in islice(run.failures, EXAMPLES):
            table.add_row(escape(failure[:WIDTH]))
        yield table


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")
