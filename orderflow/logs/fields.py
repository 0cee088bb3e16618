"""The fields that a log line may have beside its words."""

from orderflow.wire.commands import traceparent_of
from orderflow.wire.records import Record

FIELDS = ("command", "order", "topic", "partition", "offset", "trace_id")
_LONGEST = 128
"""No order id is longer; a stranger's key may be."""


def about(record: Record, **more: str) -> dict[str, object]:
    """The `extra` of a line about one record: where it stands, its key, and its trace if it has one."""
    fields: dict[str, object] = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    if record.key is not None:
        fields["order"] = record.key.decode(errors="backslashreplace")[:_LONGEST]
    traceparent = traceparent_of(record)
    if traceparent:
        fields["trace_id"] = trace_id_of(traceparent)
    return fields | more


def trace_id_of(traceparent: str) -> str:
    """The part that all spans of a trace share (W3C Trace Context)."""
    return traceparent.split("-")[1]
