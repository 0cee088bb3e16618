from prometheus_client import CollectorRegistry

from orderflow.domain.lifecycle import State
from orderflow.insights.holdings import Holdings
from orderflow.metrics.insights import InsightsMetrics
from tests.unit.happened import HOUR, NOW, happening, standing


def instance(*partitions: int) -> tuple[Holdings, InsightsMetrics, CollectorRegistry]:
    holdings, registry = Holdings(), CollectorRegistry()
    holdings.assign(partitions)
    holdings.restored(partitions, 1)
    return holdings, InsightsMetrics(registry, holdings, {State.CREATED: HOUR}, lambda: NOW), registry


def test_orders_of_all_own_partitions_are_counted() -> None:
    holdings, _, registry = instance(0, 1)
    for number, held in holdings.whole().items():
        held.part.put(f"order-{number}", standing())
    assert registry.get_sample_value("orderflow_orders", {"state": "created"}) == 2
    assert registry.get_sample_value("orderflow_orders", {"state": "delivered"}) == 0
    holdings.assign([1])
    assert registry.get_sample_value("orderflow_orders", {"state": "created"}) == 1


def test_orders_that_are_stuck_are_counted() -> None:
    holdings, _, registry = instance(0)
    for hours, held in ((2, holdings.whole()[0]), (0, holdings.whole()[0])):
        held.part.put(f"order-{hours}", standing(since=NOW - hours * HOUR))
    assert registry.get_sample_value("orderflow_stuck_orders", {"state": "created"}) == 1


def test_moves_are_counted_from_where_to_where() -> None:
    _, metrics, registry = instance(0)
    held_on = happening(version=3, state=State.CONFIRMED, before=State.CONFIRMED)
    metrics.observed([happening(), happening(version=2, state=State.CONFIRMED, before=State.CREATED), held_on])
    moved = {"from_state": "created", "to_state": "confirmed"}
    assert registry.get_sample_value("orderflow_transitions_total", moved) == 1
    created = {"from_state": "none", "to_state": "created"}
    assert registry.get_sample_value("orderflow_transitions_total", created) == 1
    assert registry.get_sample_value("orderflow_transitions_total", moved | {"from_state": "confirmed"}) is None
