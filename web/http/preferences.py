"""The `Prefer` header (RFC 7240): what cannot be read or is not known is ignored, as the RFC asks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_WAIT_SECONDS = 30

_PREFERENCE = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:\"([^\"\\]*)\"|([^\s\";,]+)))?\s*(?:;.*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`wait` in seconds, at most 30; None where the client leaves it to us."""

    respond_async: bool = False
    wait: int | None = None

    def seconds(self, default: float) -> float:
        """How long to wait for an outcome; both preferences together mean: wait, then answer without it."""
        if self.wait is not None:
            return self.wait
        return 0.0 if self.respond_async else default

    def applied(self, *, answered_async: bool) -> dict[str, str]:
        """The `Preference-Applied` header, where there is one to send."""
        names = ["respond-async"] if self.respond_async and answered_async else []
        names += [f"wait={self.wait}"] if self.wait is not None else []
        return {"Preference-Applied": ", ".join(names)} if names else {}


NONE = Preferences()


def read_preferences(headers: Iterable[str]) -> Preferences:
    """The first mention of a preference counts."""
    said: dict[str, str] = {}
    for part in ",".join(headers).split(","):
        found = _PREFERENCE.fullmatch(part)
        if found:
            said.setdefault(found[1].lower(), found[2] or found[3] or "")
    wait = said.get("wait", "")
    return Preferences(
        respond_async=said.get("respond-async") == "",
        wait=min(int(wait), MAX_WAIT_SECONDS) if re.fullmatch("[0-9]{1,9}", wait) else None,
    )
