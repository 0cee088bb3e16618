"""A record that a bug keeps from being handled is set aside; a replay of it is decided afresh."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderflow.domain import problems
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import Received
from orderflow.processing.batch import Reading
from orderflow.processing.encoding import invalid_outcome
from orderflow.wire.commands import Invalid, Stage, Unreadable
from orderflow.wire.dead_letters import MAX_REASON_BYTES, dead_letter
from orderflow.wire.outcomes import encode_outcome, outcome_message
from orderflow.wire.records import Message, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Burial:
    """A record, what it was read as (None: reading it is the bug), and the bug."""

    record: Record
    reading: Reading | None
    bug: BaseException | None
    now: datetime

    @property
    def outcome(self) -> Outcome | None:
        """Of a command that could be read."""
        problem = problems.dead_lettered(type(self.bug).__name__)
        match self.reading:
            case Received(command=command):
                invalid = Invalid(
                    order_id=command.order_id, command_id=command.command_id, type=command.type, problem=problem
                )
                return invalid_outcome(invalid, self.now, self.reading.fingerprint)
            case Invalid():
                return invalid_outcome(self.reading, self.now)
        return None

    def messages(self, group: str) -> Sequence[Message]:
        """The outcome, if there is one, and the dead letter."""
        outcome = self.outcome
        said = [outcome_message(outcome, encode_outcome(outcome), cached=True)] if outcome else []
        return [*said, self._letter(group)]

    def _letter(self, group: str) -> Message:
        trace = "".join(traceback.format_exception(self.bug))[-MAX_REASON_BYTES:]
        reason = Unreadable(stage=Stage.APPLY, error_class=type(self.bug).__name__, reason=trace)
        return dead_letter(self.record, reason, group, self.now)
