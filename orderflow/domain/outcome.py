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
