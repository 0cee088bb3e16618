"""The two transition tables that ship."""

from orderflow.domain.lifecycle import Lifecycle, State

_ROAD = (
    State.CREATED,
    State.CONFIRMED,
    State.ASSIGNED,
    State.PICKED_UP,
    State.IN_TRANSIT,
    State.OUT_FOR_DELIVERY,
)
_BEFORE_PICK_UP = _ROAD[:3]
_ON_THE_ROAD = _ROAD[3:]
_BEYOND = {
    State.ATTEMPT_FAILED: (State.OUT_FOR_DELIVERY, State.RETURNING, State.FAILED),
    State.RETURNING: (State.RETURNED, State.FAILED),
}
_CANCEL = {
    **dict.fromkeys(_BEFORE_PICK_UP, State.CANCELLED),
    **dict.fromkeys((*_ON_THE_ROAD, State.ATTEMPT_FAILED), State.RETURNING),
}


def _exits(state: State) -> tuple[State, ...]:
    """Where a state leads beside the next one on the road."""
    if state in _BEFORE_PICK_UP:
        return (State.CANCELLED, State.FAILED)
    if state == State.OUT_FOR_DELIVERY:
        return (State.DELIVERED, State.ATTEMPT_FAILED, State.RETURNING, State.FAILED)
    return (State.RETURNING, State.FAILED)


def _ahead(state: State) -> tuple[State, ...]:
    return _ROAD[_ROAD.index(state) + 1 :]


STRICT = Lifecycle(
    transitions={**{state: (*_ahead(state)[:1], *_exits(state)) for state in _ROAD}, **_BEYOND},
    cancel=_CANCEL,
)

DEFAULT = Lifecycle(
    transitions={
        **{
            state: tuple(
                dict.fromkeys((*_ahead(state), *((State.DELIVERED,) if state in _ON_THE_ROAD else ()), *_exits(state)))
            )
            for state in _ROAD
        },
        **_BEYOND,
    },
    cancel=_CANCEL,
)
