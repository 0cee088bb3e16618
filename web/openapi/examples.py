"""Examples of what is taken and sent: one order's life, as the rules made it and as answers show it."""

from dataclasses import fields
from typing import Any

import orjson

from orderflow.domain.commands import ChangeState
from orderflow.wire import job_shapes, list_shapes, shapes
from orderflow.wire.bodies import ChangeBody, CreateOrderBody
from orderflow.wire.bulk_bodies import BulkOrdersBody, BulkStateBody
from orderflow.wire.change_bodies import (
    AmendBody,
    CancelBody,
    ChangeStateBody,
    CorrectBody,
    HoldBody,
    ReleaseBody,
)
from orderflow.wire.commands import encode_command
from orderflow.wire.documents.examples import LIFE, RULES
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.job_json import job_json
from orderflow.wire.jobs import Job, JobItem, Progress
from orderflow.wire.json import dumps
from orderflow.wire.outcomes import outcome_json
from orderflow.wire.representations import history_json, order_json


def _body(kind: type[CreateOrderBody | ChangeBody]) -> Any:  # noqa: ANN401 - JSON
    said = orjson.loads(encode_command(next(step.command for step in LIFE if type(step.command) is kind.makes)))
    return {field.name: said[field.name] for field in fields(kind) if field.name in said}


def _shown(value: object) -> Any:  # noqa: ANN401 - JSON
    return orjson.loads(dumps(value))


_CREATED, _MOVED = LIFE[0], next(step for step in LIFE if isinstance(step.command, ChangeState))


def _job() -> Any:  # noqa: ANN401 - JSON
    outcome = _CREATED.outcome
    name = (outcome.order_id, outcome.command_id)
    item = JobItem(fingerprint=outcome.fingerprint or "", name=name, status=ItemStatus.PENDING)
    job = Job(job_id="job_9f2c", owner=("", None), digest="", items=[item], progress=Progress.ENDED)
    return _shown(job_json(job, {name: outcome}, alive=False))


_ORDER = _shown(order_json(_MOVED.stored.order, RULES.lifecycle))
_BODIES = (CreateOrderBody, ChangeStateBody, CancelBody, HoldBody, ReleaseBody, AmendBody, CorrectBody)
_MOVE = {"order_id": _MOVED.command.order_id, **_body(ChangeStateBody)}

EXAMPLES: dict[Any, Any] = {
    **{kind: _body(kind) for kind in _BODIES},
    BulkOrdersBody: {"orders": [_body(CreateOrderBody)], "stop_on_error": False},
    BulkStateBody: {"changes": [_MOVE], "stop_on_error": True},
    shapes.Order: _ORDER,
    list_shapes.OrderList: {"orders": [_ORDER], "next_cursor": None},
    shapes.History: _shown(history_json(LIFE[-1].stored)),
    shapes.Outcome: _shown(outcome_json(_MOVED.outcome)),
    job_shapes.Job: _job(),
}
