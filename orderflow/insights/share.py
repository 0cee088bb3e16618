"""One partition's share of the statistics, and how it travels from its owner to the facades."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from orderflow.domain.lifecycle import State
from orderflow.insights.windows import Stay
from orderflow.wire.json import dumps_keyed


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckOrder:
    """An order that is in its state for longer than it should be; `since` in milliseconds since 1970."""

    order_id: str
    client_id: str
    state: State
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What `instance`, the partition's owner, knew `at` a moment (ms): every event before the offset `position`.

    `moves` are by minute since 1970. `stuck_orders` are the first of those that `stuck` counts.
    """

    instance: str
    at: int
    position: int
    by_state: Mapping[State, int] = field(default_factory=dict)
    on_hold: int = 0
    moves: Mapping[int, int] = field(default_factory=dict)
    stays: Mapping[State, Stay] = field(default_factory=dict)
    stuck: Mapping[State, int] = field(default_factory=dict)
    stuck_orders: tuple[StuckOrder, ...] = ()


def encode_share(share: Share) -> bytes:
    return dumps_keyed(
        {
            "instance": share.instance,
            "at": share.at,
            "position": share.position,
            "by_state": share.by_state,
            "on_hold": share.on_hold,
            "moves": [*share.moves.items()],
            "stays": {state: (stay.count, stay.total, stay.longest) for state, stay in share.stays.items()},
            "stuck": share.stuck,
            "stuck_orders": [
                (stuck.order_id, stuck.client_id, stuck.state, stuck.since) for stuck in share.stuck_orders
            ],
        }
    )


def decode_share(body: bytes) -> Share:
    """Raises ValueError for what another version wrote."""
    try:
        fields: Mapping[str, Any] = orjson.loads(body)
        return Share(
            instance=fields["instance"],
            at=fields["at"],
            position=fields["position"],
            by_state=decode_counts(fields["by_state"]),
            on_hold=fields["on_hold"],
            moves=dict(fields["moves"]),
            stays={State(state): Stay(*stay) for state, stay in fields["stays"].items()},
            stuck=decode_counts(fields["stuck"]),
            stuck_orders=tuple(
                StuckOrder(order_id=order_id, client_id=client_id, state=State(state), since=since)
                for order_id, client_id, state, since in fields["stuck_orders"]
            ),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def decode_counts(fields: Mapping[str, int]) -> dict[State, int]:
    """Raises ValueError for a state that this version does not know."""
    return {State(state): count for state, count in fields.items()}
