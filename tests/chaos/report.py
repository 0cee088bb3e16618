"""A run as tables, and the line that sums it up."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from rich.console import Group
from rich.table import Table

from tests.chaos.faults import Fault
from tests.chaos.reckoning import Reckoning
from tests.chaos.run import Run

EXAMPLES = 10


def tables(run: Run) -> Group:
    return Group(_faults(run.applied), _deliveries(run.reckoning), *_findings(run.reckoning))


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


def _deliveries(found: Reckoning) -> Table:
    account, promises = found.account, found.promises
    table = Table("what", "how many", title="deliveries")
    rows = {
        "command records on the log": account.commands,
        "commands promised to a client": len(promises.commands),
        "outcomes": account.outcomes,
        "events": len(account.event_ids),
        "dead letters": len(account.letters),
        "orders in MongoDB": found.verified["orders"],
        "orders that GET /stats counts": found.statistics["total"],
        "deliveries repeated and absorbed": account.repeated,
        **{f"HTTP answers: {status}": times for status, times in sorted(promises.answers.items())},
    }
    for what, how_many in rows.items():
        table.add_row(what, f"{how_many:,}".replace(",", " "))
    return table


def _findings(found: Reckoning) -> Iterator[Table]:
    for title, examples in (("lost", found.lost), ("doubled", found.doubled), ("violations", found.violations)):
        if examples:
            table = Table(title, min_width=60)
            for example in islice(examples, EXAMPLES):
                table.add_row(example)
            yield table
