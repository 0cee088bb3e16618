"""Which orders a list shows, as its query says it."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TypedDict

from orderflow.domain.lifecycle import State
from orderflow.domain.listing import Sort


class Filters(TypedDict, total=False):
    """Only orders to which all of it applies; `created_after` counts its moment in, `created_before` does not."""

    client_id: str | None
    state: Collection[State | str]
    created_after: datetime | None
    created_before: datetime | None
    external_ref: str | None


class Walk(Filters, total=False):
    """A list from its beginning to its end: newest first unless `sort` says otherwise, `page_size` a request."""

    sort: Sort | str | None
    page_size: int | None


Query = tuple[tuple[str, str], ...]


def query_of(walk: Filters) -> Query:
    return tuple(_said(walk))


def _said(walk: Filters) -> Iterator[tuple[str, str]]:
    for name, value in walk.items():
        if name == "state":
            yield from ((name, str(state)) for state in walk["state"])
        elif isinstance(value, datetime):
            yield name, value.isoformat()
        elif value is not None:
            yield "limit" if name == "page_size" else name, str(value)
