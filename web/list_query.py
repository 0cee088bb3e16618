"""The query of `GET /orders`: every parameter that is not valid is named at once."""

from multidict import MultiMapping

from orderflow.domain.lifecycle import State
from orderflow.domain.limits import Id, has_id_characters
from orderflow.ports import ListQuery
from web.cursors import CursorError, Position, decode_cursor
from web.parameters import DEFAULT_LIMIT, LIMIT, Parameter, Parameters, one_of


def read_list_query(query: MultiMapping[str]) -> ListQuery:
    parameters = Parameters(query, LIST_PARAMETERS)
    client_id = parameters.one(CLIENT_ID)
    states = parameters.every(STATE)
    limit = parameters.one(LIMIT)
    before = parameters.one(CURSOR)
    parameters.raise_errors()
    return ListQuery(
        client_id=client_id, states=tuple(sorted(set(states))), limit=limit or DEFAULT_LIMIT, before=before
    )


def _client_id(value: str) -> str:
    if not has_id_characters(value):
        raise ValueError("must be 1 to 128 characters of A-Z a-z 0-9 . _ : -")
    return value


def _cursor(value: str) -> Position:
    try:
        return decode_cursor(value)
    except CursorError:
        raise ValueError("must be a next_cursor that a list gave") from None


CLIENT_ID = Parameter(name="client_id", parse=_client_id, type=Id, description="Only orders of this client.")
STATE = one_of("state", State, "Only orders in this state or, given more than once, in one of these.", repeatable=True)
CURSOR = Parameter(
    name="cursor",
    parse=_cursor,
    type=str,
    description="Where the page begins: the `next_cursor` of the page before it.",
)
LIST_PARAMETERS = (CLIENT_ID, STATE, LIMIT, CURSOR)
