"""What became of a command: published once per record, remembered in the order's ledger and history."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orderflow.domain.lifecycle import State
from orderflow.domain.problems import Problem


class Status(StrEnum):
    """How a command ended."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


PASSING = frozenset({"command-id-reused", "outcome-forgotten", "dead-lettered"})
"""Problems that are not the command's own outcome: another one has its id, or it is yet to be decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One command's end. `version` and `state` are the order's afterwards, None where there is no order.

    `replayed` marks the answer to a repeat. `type` and `fingerprint` are None where the command could not be parsed.
    """

    command_id: str
    order_id: str
    type: str | None
    status: Status
    replayed: bool
    version: int | None
    state: State | None
    fingerprint: str | None
    error: Problem | None
    at: datetime

    @property
    def is_own(self) -> bool:
        """Whether it may be shown for its id from now on."""
        return self.error is None or self.error.type not in PASSING

    @property
    def is_lasting(self) -> bool:
        """Whether the order remembers it. What no order remembers may be followed by what became of the command."""
        return self.is_own and self.version is not None
