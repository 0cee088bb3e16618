"""A run as tables, and the line that sums it up."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from rich.console import Group
from rich.table import Table

from tests.chaos.faults import Fault
from tests.chaos.run import Result

EXAMPLES = 10


def summary(result: Result) -> str:
    violations = int(result.verified["violations"]) + len(result.promises.stale) + len(result.promises.unexpected)
    return f"{len(result.lost)} lost, {len(result.doubled)} doubled, {violations} violations"


def tables(result: Result) -> Group:
    return Group(_faults(result.applied), _deliveries(result), *_findings(result))


def _faults(applied: Mapping[Fault, int]) -> Table:
    kinds = Counter[str]()
    targets: dict[str, set[str]] = {}
    for fault, times in applied.items():
        kinds[fault.kind] += times
        targets.setdefault(fault.kind, set()).add(fault.target)
    table = Table("fault", "of", "times", title=f"{sum(kinds.values())} faults of {len(kinds)} kinds")
    for kind, times in sorted(kinds.items()):
        table.add_row(kind, ", ".join(sorted(targets[kind])), str(times))
    return table


def _deliveries(result: Result) -> Table:
    account, promises = result.account, result.promises
    table = Table("what", "how many", title="deliveries")
    rows = {
        "command records on the log": account.commands,
        "commands promised to a client": len(promises.commands),
        "outcomes": account.outcomes,
        "events": len(account.contents),
        "dead letters": len(account.dead_letters),
        "deliveries repeated and absorbed": account.repeated,
        **{f"HTTP answers: {status}": times for status, times in sorted(promises.answers.items())},
    }
    for what, how_many in rows.items():
        table.add_row(what, f"{how_many:,}".replace(",", " "))
    return table


def _findings(result: Result) -> Iterator[Table]:
    for title, found in (("lost", result.lost), ("doubled", result.doubled), ("violations", result.violations)):
        if found:
            table = Table(title, title=f"{len(found)} {title}", min_width=60)
            for example in islice(found, EXAMPLES):
                table.add_row(example)
            yield table
