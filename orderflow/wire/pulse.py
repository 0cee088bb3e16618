"""What a running instance says of itself every two seconds, as Redis keeps it and `/admin/status` shows it."""

from datetime import datetime
from typing import cast

import orjson
from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.wire.json import dumps


class LatencySeconds(TypedDict):
    """From a record to its effect, in the two seconds before: half of the commands took no longer than p50."""

    p50: float
    p99: float


class Pulse(TypedDict):
    """One instance of a role. `lag` is that of its partitions; `outcomes` are counted since it started."""

    role: str
    instance: str
    host: str
    version: str
    at: datetime
    partitions: list[int]
    commands_per_second: float
    latency_seconds: LatencySeconds | None
    lag: int
    outcomes: dict[str, int]


def encode_pulse(pulse: Pulse) -> bytes:
    return dumps(pulse)


def decode_pulse(value: bytes) -> Pulse:
    """Raises ValueError for what is no pulse."""
    try:
        told = orjson.loads(value)
        known = {name: told[name] for name in Pulse.__required_keys__}
        return cast("Pulse", known | {"at": datetime.fromisoformat(told["at"])})
    except (KeyError, TypeError) as reason:
        raise ValueError(f"this is no pulse: {reason!r}") from reason
