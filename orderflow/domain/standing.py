"""How an order stands after its newest event: as little of it as statistics need."""

from dataclasses import dataclass, replace

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What an event tells that counts; `at` is in milliseconds since 1970."""

    order_id: str
    client_id: str
    type: EventType
    version: int
    state: State
    previous_state: State | None
    at: int

    @property
    def is_move(self) -> bool:
        """Whether the order entered another state; a creation enters its first one."""
        return self.state is not self.previous_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Since when an order is in its state, at which version; times in milliseconds since 1970.

    `told` says that it was reported as stuck in this state.
    """

    version: int
    state: State
    since: int
    client_id: str
    created_at: int
    on_hold: bool = False
    told: bool = False


def standing_after(before: Standing | None, event: Happening) -> Standing | None:
    """None for an event that is not newer: a repeat, which changes nothing."""
    if before is not None and event.version <= before.version:
        return None
    stays = before is not None and before.state is event.state
    return Standing(
        version=event.version,
        state=event.state,
        since=before.since if before and stays else event.at,
        client_id=event.client_id,
        created_at=before.created_at if before else event.at,
        on_hold=_on_hold(before, event),
        told=before.told if before and stays else False,
    )


def as_told(standing: Standing) -> Standing:
    return replace(standing, told=True)


def _on_hold(before: Standing | None, event: Happening) -> bool:
    match event.type:
        case EventType.ORDER_HELD:
            return True
        case EventType.ORDER_RELEASED:
            return False
        case _:
            return before is not None and before.on_hold
