"""Examples of what is taken and sent: one order's life, as the rules made it and as answers show it."""

from dataclasses import fields
from typing import Any

import orjson

from orderflow.wire import job_shapes, list_shapes, shapes
from orderflow.wire.bodies import CancelBody, ChangeStateBody, CreateOrderBody
from orderflow.wire.bulk_bodies import BulkOrdersBody, BulkStateBody
from orderflow.wire.commands import encode_command
from orderflow.wire.documents.examples import LIFE, RULES
from orderflow.wire.job_json import job_json
from orderflow.wire.jobs import ItemStatus, Job, JobItem, Progress
from orderflow.wire.json import dumps
from orderflow.wire.outcomes import outcome_json
from orderflow.wire.representations import history_json, order_json


def _body(kind: Any, number: int) -> Any:  # noqa: ANN401 - a body's class, and JSON
    said = orjson.loads(encode_command(LIFE[number].command))
    return {field.name: said[field.name] for field in fields(kind) if field.name in said}


def _shown(value: object) -> Any:  # noqa: ANN401 - JSON
    return orjson.loads(dumps(value))


_CREATED, _MOVED = LIFE[0].outcome, LIFE[1].outcome


def _job() -> Any:  # noqa: ANN401 - JSON
    name = (_CREATED.order_id, _CREATED.command_id)
    item = JobItem(fingerprint=_CREATED.fingerprint or "", name=name, status=ItemStatus.PENDING)
    job = Job(job_id="job_9f2c", owner=("", None), digest="", items=[item], progress=Progress.ENDED)
    return _shown(job_json(job, {name: _CREATED}, alive=False))


_ORDER = _shown(order_json(LIFE[1].stored.order, RULES.lifecycle))

EXAMPLES: dict[Any, Any] = {
    CreateOrderBody: _body(CreateOrderBody, 0),
    ChangeStateBody: _body(ChangeStateBody, 1),
    CancelBody: _body(CancelBody, 2),
    BulkOrdersBody: {"orders": [_body(CreateOrderBody, 0)], "stop_on_error": False},
    BulkStateBody: {"changes": [{"order_id": _MOVED.order_id, **_body(ChangeStateBody, 1)}], "stop_on_error": True},
    shapes.Order: _ORDER,
    list_shapes.OrderList: {"orders": [_ORDER], "next_cursor": None},
    shapes.History: _shown(history_json(LIFE[-1].stored)),
    shapes.Outcome: _shown(outcome_json(_MOVED)),
    job_shapes.Job: _job(),
}
