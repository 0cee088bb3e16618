"""The query of `GET /orders`: every parameter that is not valid is named at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from multidict import MultiMapping

from orderflow.domain.lifecycle import State
from orderflow.domain.limits import MAX_TEXT, FilledText, Id, Instant, has_id_characters
from orderflow.domain.listing import ListQuery, Sort
from orderflow.wire.moments import read_instant
from web.http.parameters import DEFAULT_LIMIT, LIMIT, Parameter, Parameters, one_of
from web.lists.cursors import decode_cursor
from web.lists.fields import FIELDS


class Counting(StrEnum):
    """How the orders of a list may be counted."""

    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """A page, what of its orders is shown (all where nothing is named), and whether it says how many there are."""

    query: ListQuery
    fields: tuple[str, ...] = ()
    counted: bool = False


def read_list_request(
    query: MultiMapping[str], own_client: Callable[[str | None], str | None] = lambda named: named
) -> ListRequest:
    """`own_client` fills in the client of who is bound to one, or refuses the one named."""
    parameters = Parameters(query, LIST_PARAMETERS)
    read = ListQuery(
        client_id=own_client(parameters.one(CLIENT_ID)),
        states=tuple(sorted(set(parameters.every(STATE)))),
        created_after=parameters.one(CREATED_AFTER),
        created_before=parameters.one(CREATED_BEFORE),
        external_ref=parameters.one(EXTERNAL_REF),
        sort=parameters.one(SORT) or Sort.NEWEST,
        limit=parameters.one(LIMIT) or DEFAULT_LIMIT,
    )
    cursor, fields, counting = parameters.one(CURSOR), parameters.one(FIELDS), parameters.one(TOTAL)
    if read.client_id is None:
        _refuse_without_client(parameters, read)
    parameters.raise_errors()
    if cursor and not cursor.is_of(read):
        parameters.refuse(CURSOR, "is of a list with other filters or another sort")
        parameters.raise_errors()
    page = replace(read, after=cursor.position) if cursor else read
    return ListRequest(query=page, fields=fields or (), counted=counting is not None)


def _refuse_without_client(parameters: Parameters, query: ListQuery) -> None:
    """What no index could serve."""
    if query.external_ref is not None:
        parameters.refuse(EXTERNAL_REF, "needs a client_id: references are unique per client")
    if query.sort.by_change:
        parameters.refuse(SORT, "needs a client_id to sort by updated_at")


def _client_id(value: str) -> str:
    if not has_id_characters(value):
        raise ValueError("must be 1 to 128 characters of A-Z a-z 0-9 . _ : -")
    return value


def _external_ref(value: str) -> str:
    if not 1 <= len(value) <= MAX_TEXT:
        raise ValueError(f"must be 1 to {MAX_TEXT} characters")
    return value


CLIENT_ID = Parameter(name="client_id", parse=_client_id, type=Id, description="Only orders of this client.")
STATE = one_of("state", State, "Only orders in this state or, given more than once, in one of these.", repeatable=True)
CREATED_AFTER = Parameter(
    name="created_after", parse=read_instant, type=Instant, description="Only orders created at this time or later."
)
CREATED_BEFORE = Parameter(
    name="created_before", parse=read_instant, type=Instant, description="Only orders created before this time."
)
EXTERNAL_REF = Parameter(
    name="external_ref",
    parse=_external_ref,
    type=FilledText,
    description="Only the order with this reference; needs a `client_id`.",
)
SORT = one_of(
    "sort",
    Sort,
    "By which time, with a minus the latest first; `-created_at` where it is not given. By `updated_at` needs a "
    "`client_id`, and is best effort while orders change.",
)
CURSOR = Parameter(
    name="cursor",
    parse=decode_cursor,
    type=str,
    description="Where the page begins: the `next_cursor` of the page before it, with the same filters and sort.",
)
TOTAL = one_of("total", Counting, "Also say how many orders the list has; counting ends at 10 000.")
LIST_PARAMETERS = (
    CLIENT_ID,
    STATE,
    CREATED_AFTER,
    CREATED_BEFORE,
    EXTERNAL_REF,
    SORT,
    LIMIT,
    CURSOR,
    FIELDS,
    TOTAL,
)
