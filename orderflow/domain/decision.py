"""What a command comes to."""

from dataclasses import dataclass

from orderflow.domain.events import Event
from orderflow.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Applied:
    """The command changes the order by this event."""

    event: Event


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The order is already what the command asks for."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The command breaks a rule."""

    problem: Problem


Decision = Applied | Unchanged | Rejected
