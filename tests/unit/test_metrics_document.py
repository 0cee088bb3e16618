"""docs/operations.md, held against what is really served."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric

from orderflow.domain.lifecycle import State
from orderflow.insights.holdings import Holdings
from orderflow.metrics.facade import FacadeMetrics
from orderflow.metrics.insights import InsightsMetrics
from orderflow.metrics.membership import show_membership, show_misplaced
from orderflow.metrics.role import RoleMetrics
from orderflow.metrics.worker import WorkerMetrics
from orderflow.processing.instruments import Step
from tests.unit.happened import happening

DOCUMENT = (Path(__file__).parents[2] / "docs/operations.md").read_text()


def test_the_table_lists_what_is_served() -> None:
    roles = {"worker": of_a_worker(), "insights": of_insights(), "web": of_a_facade()}
    served_by: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for role, registry in roles.items():
        for name, kind, labels, told in rows(registry):
            served_by[name, kind, labels, told].append(role)
    served = {(*row, "every" if len(by) == len(roles) else ", ".join(by)) for row, by in served_by.items()}
    assert documented() == served


def documented() -> set[tuple[str, str, str, str, str]]:
    found = re.findall(
        r"^\| `(orderflow_\w+)` \| (\w+) \| ([\w, ]*?) ?\| ([\w, ]+) \| (.*?) \|$", DOCUMENT, re.MULTILINE
    )
    return {(name, kind, labels, told, role) for name, kind, labels, role, told in found}


def of_a_worker() -> CollectorRegistry:
    """After it did something of everything."""
    role = RoleMetrics("worker")
    show_membership(role.registry, lag=lambda: {("order_commands", 0): 1}, retries={})
    show_misplaced(role.registry, lambda: 1)
    counted = WorkerMetrics(role.registry)
    counted.buried("create_order")
    with counted.timed(Step.LOAD):
        role.shown({"kafka": True})
    return role.registry


def of_insights() -> CollectorRegistry:
    role = RoleMetrics("insights")
    show_membership(role.registry, lag=lambda: {("order_events", 0): 1}, retries={})
    counted = InsightsMetrics(role.registry, Holdings(), {State.CREATED: 1}, lambda: 0)
    counted.observed([happening()])
    role.shown({"kafka": True})
    return role.registry


def of_a_facade() -> CollectorRegistry:
    counted = FacadeMetrics(RoleMetrics("web"))
    counted.answered("GET", "/orders", 200, 0.1)
    counted.read("list", "HIT")
    counted.role.shown({"kafka": True})
    return counted.role.registry


def rows(registry: CollectorRegistry) -> Iterator[tuple[str, str, str, str]]:
    """Name, kind, labels and what it tells."""
    for family in registry.collect():
        if family.name.startswith("orderflow_"):
            yield name_of(family), family.type, ", ".join(labels_of(family)), family.documentation


def name_of(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def labels_of(family: Metric) -> Iterator[str]:
    assert family.samples, f"{family.name} has no sample: let it count something above"
    return (label for label in family.samples[0].labels if label != "le")
