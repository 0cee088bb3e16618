"""The evidence, judged: what each invariant found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from orderflow.verification.command_invariants import COMMANDS
from orderflow.verification.event_invariants import EVENTS
from orderflow.verification.evidence import Evidence
from orderflow.verification.invariants import Invariant
from orderflow.verification.order_invariants import CACHE, LISTS, ORDERS, STATISTICS
from orderflow.verification.sources import Progress

ALL: Sequence[Invariant] = (*ORDERS, *COMMANDS, *EVENTS, *CACHE, *LISTS, *STATISTICS)

_COUNTS = {
    "commands": "SELECT count(*) FROM commands",
    "outcomes": "SELECT count(*) FROM outcomes",
    "events": "SELECT count(*) FROM events",
    "dead_letters": "SELECT count(*) FROM letters",
    "orders": "SELECT count(*) FROM orders",
    "cached_orders": "SELECT count(*) FROM cached",
    "orders_on_several_partitions": "SELECT count(*) FROM "
    "(SELECT 1 FROM events GROUP BY order_id HAVING min(part) != max(part))",
    "orders_before_log": "SELECT count(*) FROM old_changes WHERE version = 1",
}
_REPEATED = {
    "commands": "SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM commands WHERE order_id IS NOT NULL "
    "GROUP BY order_id, command_id)",
    "outcomes": "SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM outcomes GROUP BY order_id, command_id)",
    "events": "SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM events GROUP BY order_id, version)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one invariant found. `unchecked` says why it looked at nothing."""

    name: str
    checked: int
    violations: int
    examples: Sequence[tuple[str, str]]
    unchecked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`counts` of what was read; `repeated`: deliveries beyond the first, which everybody must absorb."""

    findings: Sequence[Finding]
    counts: dict[str, int]
    repeated: dict[str, int]

    @property
    def violations(self) -> int:
        return sum(finding.violations for finding in self.findings)


def judge(evidence: Evidence, examples: int, cache_unchecked: str | None, progress: Progress) -> Report:
    """At most so many examples per invariant."""
    return Report(
        findings=list(_findings(evidence, examples, cache_unchecked, progress)),
        counts={name: evidence.number(query) for name, query in _COUNTS.items()},
        repeated={name: evidence.number(query) for name, query in _REPEATED.items()},
    )


def _findings(evidence: Evidence, examples: int, cache_unchecked: str | None, progress: Progress) -> Iterator[Finding]:
    progress.step("checking", total=len(ALL))
    for invariant in ALL:
        if cache_unchecked and invariant in CACHE:
            yield Finding(name=invariant.name, checked=0, violations=0, examples=(), unchecked=cache_unchecked)
        else:
            yield _finding(evidence, invariant, examples)
        progress.advance(1)


def _finding(evidence: Evidence, invariant: Invariant, examples: int) -> Finding:
    broken = iter(evidence.rows(invariant.broken))
    shown = [(str(order_id), str(detail)) for order_id, detail in islice(broken, examples)]
    return Finding(
        name=invariant.name,
        checked=evidence.number(invariant.checked),
        violations=len(shown) + sum(1 for _ in broken),
        examples=shown,
    )
