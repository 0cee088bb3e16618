"""A list as filters that the indexes serve: for each kind of order one query in each span of time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from orderflow.adapters.mongo_windows import Filter, Span, newest_first, oldest_first
from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery

_TICK = timedelta(milliseconds=1)
"""The finest that a stored moment is."""


def kinds(query: ListQuery) -> list[Filter]:
    """One filter per indexed query: a client's orders, else those of each state, in the order of the lifecycle."""
    if query.client_id is None:
        return [{"state": state.value} for state in State if state in (query.states or State)]
    of_client: dict[str, object] = {"client_id": query.client_id}
    if query.states:
        of_client["state"] = {"$in": [state.value for state in query.states]}
    if query.external_ref is not None:
        # MongoDB uses a partial index only where the query repeats its filter.
        of_client["external_ref"] = {"$eq": query.external_ref, "$type": "string"}
    return [of_client]


def spans(query: ListQuery, now: datetime, landmark: datetime | None) -> Iterator[Filter]:
    """Filters that together hold what stands behind `query.after`, in the order of the list.

    The rest of that very moment comes apart: an $or over both keeps SecantusDB from using the index.
    """
    created = Span(query.created_after, query.created_before)
    if query.sort.by_change:
        yield from _changed(query, created)
        return
    if query.after:
        moment, order_id = query.after
        if created.holds(moment):
            yield {"created_at": moment, "_id": {_beyond(query): order_id}}
        created = created.before(moment) if query.sort.descending else created.since(moment + _TICK)
    if query.client_id is not None:
        windows = iter([created])
    else:
        walk = newest_first if query.sort.descending else oldest_first
        windows = walk(created, now, None if query.after else landmark)
    yield from (window.filter for window in windows if not window.is_empty)


def _changed(query: ListQuery, created: Span) -> Iterator[Filter]:
    if query.after:
        moment, order_id = query.after
        yield {**created.filter, "updated_at": moment, "_id": {_beyond(query): order_id}}
        yield {**created.filter, "updated_at": {_beyond(query): moment}}
    else:
        yield created.filter


def _beyond(query: ListQuery) -> str:
    return "$lt" if query.sort.descending else "$gt"
