"""What a check has found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as well or as safely as it could."""
    WRONG = "wrong"
    """Something does not work, or will not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What `subject` is like; `remedy` says what to do where that is not ok."""

    level: Level
    subject: str
    detail: str
    remedy: str = ""


def ok(subject: str, detail: str) -> Finding:
    return Finding(level=Level.OK, subject=subject, detail=detail)


def warning(subject: str, detail: str, remedy: str) -> Finding:
    return Finding(level=Level.WARNING, subject=subject, detail=detail, remedy=remedy)


def wrong(subject: str, detail: str, remedy: str) -> Finding:
    return Finding(level=Level.WRONG, subject=subject, detail=detail, remedy=remedy)


def refused(subject: str, refusal: Exception) -> Finding:
    """Of an error of ours, which says what is wrong and, after the last colon, what to do."""
    detail, _, remedy = str(refusal).rpartition(": ")
    return wrong(subject, detail or remedy, remedy if detail else "")
