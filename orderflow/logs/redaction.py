"""The last line of defence: whatever a log line holds, no secret leaves in it."""

import re
from collections.abc import Iterable, Mapping

from structlog.typing import EventDict, WrappedLogger

HIDDEN = "***"
_SHORTEST = 4
"""Shorter ones would stand in half of all lines by chance."""
_NAMES = r"(?:pass(?:word|wd|phrase)|secret|token|api[-_]?key|credentials?|authorization|cookie)"
_NAMED_BY_US = ("level", "logger")
"""A password that is a common word must not blot these out."""
_SECRET_FIELD = re.compile(_NAMES, re.IGNORECASE)
_PATTERNS = (
    # Up to the last @ of the word, for a password that should have been escaped may hold one itself.
    (re.compile(r"(?<=://)[^\s\"'<>]*@"), f"{HIDDEN}@"),
    (re.compile(r"\b((?:authorization|cookie)[\"']?\s*[:=]\s*[\"']?)[^\r\n\"']+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(ofk_[0-9a-f]{16})_[\w-]+"), rf"\1_{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (
        re.compile(
            rf"({_NAMES}[\w-]*[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&\"'(){{}}\[\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)
"""Users in URLs, credentials of HTTP, our API keys, JSON Web Tokens, and what stands after a telling name."""


class Redaction:
    """A structlog processor for everything that is text by then: the message, a traceback, each field.

    `secrets` are hidden wherever they stand; beside them whatever looks like one.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        written = {form for secret in secrets if len(secret) >= _SHORTEST for form in (secret, repr(secret)[1:-1])}
        known = sorted(written, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        return self._fields(line) | {name: line[name] for name in _NAMED_BY_US if name in line}

    def text(self, text: str) -> str:
        """The text without the secrets in it."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text

    def _fields(self, fields: Mapping[str, object]) -> dict[str, object]:
        return {
            name: HIDDEN if _SECRET_FIELD.search(str(name)) and value else self._value(value)
            for name, value in fields.items()
        }

    def _value(self, value: object) -> object:
        match value:
            case bool() | int() | float() | None:
                return value
            case str():
                return self.text(value)
            case Mapping():
                return self._fields(value)
            case list() | tuple() | set() | frozenset():
                return [self._value(member) for member in value]
            case _:
                return self.text(repr(value))
