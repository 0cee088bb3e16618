"""Happenings, standings and the moment at which a test of statistics takes place."""

from datetime import UTC, datetime

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening, Standing

NOW = 1_767_268_800_000
"""2026-01-01T12:00:00Z in milliseconds."""
MINUTE, HOUR = 60_000, 3_600_000


def clock(at: int = NOW) -> datetime:
    return datetime.fromtimestamp(at / 1_000, UTC)


def happening(
    order_id: str = "ord_1",
    version: int = 1,
    state: State = State.CREATED,
    before: State | None = None,
    *,
    at: int = NOW,
    client_id: str = "client-1",
    kind: EventType | None = None,
) -> Happening:
    return Happening(
        order_id=order_id,
        client_id=client_id,
        type=kind or (EventType.ORDER_CREATED if version == 1 else EventType.ORDER_STATE_CHANGED),
        version=version,
        state=state,
        previous_state=before,
        at=at,
    )


def standing(
    state: State = State.CREATED, *, version: int = 1, since: int = NOW, client_id: str = "client-1"
) -> Standing:
    return Standing(version=version, state=state, since=since, client_id=client_id, created_at=since)
