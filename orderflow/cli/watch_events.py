"""An event in words."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from rich.text import Text

from orderflow.cli.plain_text import plain
from orderflow.domain.lifecycle import State
from orderflow.streaming.recent_events import LiveEvent

_STYLES = {State.DELIVERED: "green", State.CANCELLED: "red", State.FAILED: "red", State.ATTEMPT_FAILED: "yellow"}
_SECONDS = len("2026-01-01T12:00:00")


def line(event: LiveEvent) -> str:
    """One plain line: when (UTC), which order and version, what, whose."""
    return "  ".join(cell.plain for cell in cells(event) if cell.plain)


def cells(event: LiveEvent) -> Iterator[Text]:
    """When, order, version, what, client, reason."""
    fields: Mapping[str, Any] = orjson.loads(event.value)
    yield Text(moment(event)[:_SECONDS].replace("T", " "), "dim")
    yield Text(plain(str(fields["order_id"])))
    yield Text(f"v{event.told.version}", "dim")
    yield Text(_what(event, fields), _STYLES.get(fields["state"], ""))
    yield Text(plain(event.told.client_id), "dim")
    yield Text(plain(str(fields.get("reason") or "")), "dim")


def moment(event: LiveEvent) -> str:
    """When it occurred; such words sort as the moments do."""
    return str(orjson.loads(event.value).get("occurred_at", ""))


def _what(event: LiveEvent, fields: Mapping[str, Any]) -> str:
    """Its move, else its type's last word and where it happened."""
    before, state = fields.get("previous_state"), event.told.state
    if before and before != state:
        return plain(f"{before} → {state}")
    happened = event.told.type.rpartition(".")[2]
    return plain(happened if happened == state else f"{happened} ({state})")
