"""Outcomes on `order_outcomes`, in the cache and in answers: one JSON form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import orjson

from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.problems import Problem
from orderflow.wire import shapes
from orderflow.wire.json import dumps
from orderflow.wire.records import Headers, Message, Topic

CACHE_SKIPPED = ("cache", b"skipped")
"""Marks an outcome whose cache refresh did not happen."""


def encode_outcome(outcome: Outcome) -> bytes:
    return dumps(outcome_json(outcome))


def outcome_json(outcome: Outcome) -> shapes.Outcome:
    return {
        "command_id": outcome.command_id,
        "order_id": outcome.order_id,
        "type": outcome.type,
        "status": outcome.status,
        "replayed": outcome.replayed,
        "version": outcome.version,
        "state": outcome.state,
        "fingerprint": outcome.fingerprint,
        "error": problem_json(outcome.error) if outcome.error else None,
        "at": outcome.at,
    }


def outcome_message(outcome: Outcome, value: bytes, *, cached: bool) -> Message:
    headers: Headers = [("ce_causationid", outcome.command_id.encode())]
    return Message(
        topic=Topic.OUTCOMES,
        key=outcome.order_id.encode(),
        value=value,
        headers=headers if cached else [*headers, CACHE_SKIPPED],
    )


def decode_outcome(value: bytes) -> Outcome:
    """Unknown fields are passed over, optional ones may be absent. Raises ValueError for what is no outcome."""
    try:
        return _outcome(orjson.loads(value))
    except (KeyError, TypeError, AttributeError) as reason:
        raise ValueError(f"this is no outcome: {reason!r}") from reason


def _outcome(fields: Mapping[str, Any]) -> Outcome:
    error, state = fields.get("error"), fields.get("state")
    return Outcome(
        command_id=fields["command_id"],
        order_id=fields["order_id"],
        type=fields.get("type"),
        status=Status(fields["status"]),
        replayed=fields.get("replayed", False),
        version=fields.get("version"),
        state=State(state) if state else None,
        fingerprint=fields.get("fingerprint"),
        error=problem_from(error) if error else None,
        at=datetime.fromisoformat(fields["at"]),
    )


def problem_json(problem: Problem) -> shapes.Problem:
    members = {"type": problem.type, "title": problem.title, "detail": problem.detail, **problem.extra}
    return cast("shapes.Problem", members)


def problem_from(members: Mapping[str, Any]) -> Problem:
    extra = {name: value for name, value in members.items() if name not in ("type", "title", "detail")}
    return Problem(type=members["type"], title=members["title"], detail=members["detail"], extra=extra)
