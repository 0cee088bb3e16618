"""A run as tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from tests.fuzz.http_fuzz import HttpRun
from tests.fuzz.record_fuzz import RecordRun

EXAMPLES, WIDTH = 20, 400


def tables(http: HttpRun, records: RecordRun, failures: Sequence[str]) -> Group:
    return Group(_requests(http), _records(records), *_failures(failures))


def _requests(run: HttpRun) -> Table:
    """By operation; those of scenarios along links are not told apart."""
    table = Table("operation", title=f"{_number(run.cases)} cases over HTTP")
    table.add_column("requests", justify="right")
    for operation, times in run.requests.items():
        table.add_row(operation, _number(times))
    table.add_section()
    table.add_row("scenarios along links, and checks", _number(max(0, run.cases - sum(run.requests.values()))))
    return table


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


def _failures(failures: Sequence[str]) -> Iterator[RenderableType]:
    if failures:
        table = Table("failures", min_width=60)
        for failure in islice(failures, EXAMPLES):
            table.add_row(escape(failure[:WIDTH]))
        yield table


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")
