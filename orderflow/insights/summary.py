"""The shares of all partitions added up."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from heapq import nsmallest
from typing import TypeVar

from orderflow.domain.lifecycle import State
from orderflow.insights.part import SHOWN_STUCK
from orderflow.insights.share import Share
from orderflow.insights.windows import MINUTE, MINUTES, Stay, added_stays
from orderflow.wire.statistics_shapes import ClientStatistics, Minute, Statistics, StuckOrder, TimeInState

K = TypeVar("K")

_MS = 1_000


def statistics(shares: Collection[Share], partitions: int, now: datetime) -> Statistics:
    """Every state is named, and every minute of the last hour, the oldest first."""
    by_state = _every_state(share.by_state for share in shares)
    return {
        "by_state": by_state,
        "total": sum(by_state.values()),
        "on_hold": sum(share.on_hold for share in shares),
        "transitions_per_minute": _minutes(shares, now),
        "time_in_state": _times(shares),
        "stuck": dict(_added(share.stuck for share in shares)),
        "stuck_orders": _stuck_orders(shares),
        "instances": len({share.instance for share in shares}),
        "complete": len(shares) == partitions,
        "as_of": _as_of(shares),
    }


def client_statistics(
    counts: Iterable[Mapping[State, int]], shares: Collection[Share], partitions: int
) -> ClientStatistics:
    by_state = _every_state(counts)
    return {
        "by_state": by_state,
        "total": sum(by_state.values()),
        "complete": len(shares) == partitions,
        "as_of": _as_of(shares),
    }


def _every_state(counts: Iterable[Mapping[State, int]]) -> dict[State, int]:
    added = _added(counts)
    return {state: added[state] for state in State}


def _added(counts: Iterable[Mapping[K, int]]) -> Counter[K]:
    added: Counter[K] = Counter()
    for some in counts:
        added.update(some)
    return added


def _minutes(shares: Iterable[Share], now: datetime) -> list[Minute]:
    moves = _added(share.moves for share in shares)
    newest = round(now.timestamp() * _MS) // MINUTE
    minutes = range(newest - MINUTES + 1, newest + 1)
    return [{"minute": _moment(minute * MINUTE), "transitions": moves[minute]} for minute in minutes]


def _times(shares: Iterable[Share]) -> dict[State, TimeInState]:
    stays = added_stays(share.stays for share in shares)
    return {state: _time(stays[state]) for state in State if state in stays}


def _time(stay: Stay) -> TimeInState:
    mean = stay.total / stay.count / _MS
    return {"count": stay.count, "mean_seconds": round(mean, 3), "max_seconds": stay.longest / _MS}


def _stuck_orders(shares: Iterable[Share]) -> list[StuckOrder]:
    stuck = (order for share in shares for order in share.stuck_orders)
    return [
        {
            "order_id": order.order_id,
            "client_id": order.client_id,
            "state": order.state,
            "since": _moment(order.since),
        }
        for order in nsmallest(SHOWN_STUCK, stuck, key=lambda order: order.since)
    ]


def _as_of(shares: Collection[Share]) -> datetime | None:
    return _moment(min(share.at for share in shares)) if shares else None


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / _MS, UTC)
