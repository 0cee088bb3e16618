"""Raw commands, one JSON line each: what goes onto Kafka, and how its outcome will name it."""

from dataclasses import dataclass

from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.domain.stored import Received
from orderflow.streaming.command_exchange import Outgoing
from orderflow.wire.commands import Invalid, Unreadable, decode_command
from orderflow.wire.records import Record, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that nothing can be sent for; `reason` names the field where there is one."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def read_command(line: int, value: bytes) -> Outgoing | BadLine:
    """A command that names its order and itself is sent even if it breaks a limit: its outcome says which."""
    if len(value) > MAX_RECORD_BYTES:
        return BadLine(line=line, reason=f"longer than {MAX_RECORD_BYTES} bytes, which no record may be")
    value = value.strip()
    match _read(value, None):
        case Unreadable(reason=reason):
            return BadLine(line=line, reason=reason)
        case Invalid(order_id=order_id, command_id=command_id) as named:
            # Without a key even a valid command is a mismatch.
            reading = _read(value, named.order_id.encode())
            fingerprint = reading.fingerprint if isinstance(reading, Received) else None
            return Outgoing(line=line, order_id=order_id, command_id=command_id, fingerprint=fingerprint, value=value)
        case Received():
            raise AssertionError("a record without a key was accepted")


def _read(value: bytes, key: bytes | None) -> Received | Invalid | Unreadable:
    record = Record(topic=Topic.COMMANDS, partition=0, offset=0, timestamp=0, key=key, value=value)
    return decode_command(record, log="")
