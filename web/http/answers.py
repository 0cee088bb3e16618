"""What a request that could be done is answered with."""

from collections.abc import Mapping
from typing import Literal

from aiohttp.web import Request, Response

from orderflow.domain.commands import Command
from orderflow.domain.outcome import Status
from orderflow.wire import shapes
from orderflow.wire.json import dumps
from orderflow.wire.representations import command_link
from web.http.preconditions import etag, is_known
from web.http.refusals import RETRY_AFTER
from web.orders.reading import Shown


def json_answer(body: bytes, headers: Mapping[str, str] | None = None, *, status: int = 200) -> Response:
    return Response(body=body, status=status, content_type="application/json", headers=headers)


def read_answer(
    request: Request, body: bytes, tag: str, headers: Mapping[str, str], *, version: int | None = None
) -> Response:
    """A representation with its entity tag, or 304 for who has it."""
    headers = {**headers, "ETag": tag}
    if is_known(request, tag, version):
        return Response(status=304, headers=headers)
    return json_answer(body, headers)


def order_answer(shown: Shown, headers: Mapping[str, str], *, created: bool = False) -> Response:
    """The order that a write led to; 201 with its place when it is new."""
    place = {"Location": f"/orders/{shown.order.order_id}"} if created else {}
    tag = {"ETag": etag(shown.order.version)}
    return json_answer(shown.order.body, {**headers, **place, **tag}, status=201 if created else 200)


def accepted(
    command: Command, headers: Mapping[str, str], *, status: Literal["pending"] | Status = "pending"
) -> Response:
    """202: the command is on its way, or done without our seeing the order; its own resource tells."""
    link = command_link(command.order_id, command.command_id)
    body = pending_body(command.order_id, command.command_id, status)
    return json_answer(body, {**headers, **RETRY_AFTER, "Location": link}, status=202)


def pending_body(order_id: str, command_id: str, status: Literal["pending"] | Status = "pending") -> bytes:
    pending: shapes.PendingCommand = {
        "order_id": order_id,
        "command_id": command_id,
        "status": status,
        "links": {"self": command_link(order_id, command_id), "order": f"/orders/{order_id}"},
    }
    return dumps(pending)
