"""What becomes of an item of a bulk request."""

from enum import StrEnum

from orderflow.domain.outcome import Status


class ItemStatus(StrEnum):
    """What became of an item: the outcome of its command or, while there is none, how far it got."""

    APPLIED = Status.APPLIED
    UNCHANGED = Status.UNCHANGED
    REJECTED = Status.REJECTED
    PENDING = "pending"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
