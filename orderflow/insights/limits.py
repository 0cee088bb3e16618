"""How long an order may be in a state, in an operator's words."""

from collections.abc import Mapping

from orderflow.domain.lifecycle import TERMINAL, State
from orderflow.wire.moments import read_age


def stuck_limits(text: str) -> Mapping[State, int]:
    """`created=2h,in_transit=3d` in milliseconds; a state that is not named has no limit. Raises ValueError."""
    limits: dict[State, int] = {}
    for entry in filter(None, text.split(",")):
        name, _, age = entry.partition("=")
        state = _state(name.strip())
        limits[state] = milliseconds(age.strip())
    return limits


def milliseconds(age: str) -> int:
    """Of `90s`, `30m`, `2h` or `7d`. Raises ValueError."""
    return round(read_age(age).total_seconds() * 1_000)


def _state(name: str) -> State:
    waiting = [state for state in State if state not in TERMINAL]
    if name not in waiting:
        raise ValueError(f"{name!r} is not a state to be stuck in; use some of {', '.join(waiting)}")
    return State(name)
