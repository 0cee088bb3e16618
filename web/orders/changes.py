"""A change of an existing order: the same way for every kind of body."""

from collections.abc import Callable, Mapping
from functools import partial

from aiohttp.web import Request, Response

from orderflow.access.principal import Scope
from orderflow.wire import shapes
from orderflow.wire.bodies import ChangeBody, command_of
from web.access.principals import principal_of
from web.commands.expected_version import expecting, guard_of
from web.commands.identity import key_of
from web.commands.submission import ACCEPTED, SUBMISSION_PROBLEMS, Submission, submission_of, submit
from web.facade import facade_of
from web.http.headers import ETAG, OF_CHANGES
from web.http.operations import Answer, F, operation
from web.orders.reading import valid_order_id

CHANGE_PROBLEMS = (
    *SUBMISSION_PROBLEMS,
    "order-not-found",
    "version-conflict",
    "precondition-failed",
    "history-full",
)
"""What any change of an order may be refused for."""

CHANGE_ANSWERS = {200: Answer(shape=shapes.Order, headers=(ETAG,)), 202: ACCEPTED}


def change_operation(
    summary: str,
    body: type[ChangeBody],
    *problems: str,
    scope: Scope = Scope.WRITE,
    answers: Mapping[int, Answer] = CHANGE_ANSWERS,
) -> Callable[[F], F]:
    """An operation that changes an order; `problems` are its own, beside those of any change."""
    return operation(
        summary,
        scope=scope,
        body=body,
        headers=OF_CHANGES,
        answers=answers,
        problems=(*CHANGE_PROBLEMS, *problems),
    )


async def change(request: Request, order_id: str, route: str, body: ChangeBody) -> Response:
    """`route` is the resource's pattern: it sets one resource's idempotency keys apart from another's."""
    return await submit(request, await change_of(request, order_id, route, body))


async def change_of(request: Request, order_id: str, route: str, body: ChangeBody) -> Submission:
    key, guard = key_of(request), guard_of(request)
    _, command_id = key.ids(request.method, route, valid_order_id(order_id))
    command_from = partial(
        command_of,
        order_id=order_id,
        command_id=command_id,
        issued_at=facade_of(request).clock(),
        client_id=principal_of(request).client_id,
    )
    asked = await expecting(request, order_id, guard, body, command_from) if guard else body
    return submission_of(request, command_from(asked), key, if_match=guard is not None)
