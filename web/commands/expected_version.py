"""The version that `If-Match` lets a change apply to: its command carries it, and the worker is who compares."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from aiohttp.web import Request

from orderflow.domain import problems
from orderflow.domain.commands import Command
from orderflow.wire.bodies import ChangeBody
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.problems import malformed_header, precondition_failed
from web.access.ownership import check_shown
from web.commands.lookup import find_outcome, readable
from web.facade import facade_of
from web.http.preconditions import Tags, read_tags
from web.http.refusals import RefusedError
from web.orders.reading import read_order

Change = TypeVar("Change", bound=ChangeBody)


def guard_of(request: Request) -> Tags | None:
    """What `If-Match` names; None where any order will do. One that does not exist is 404 then, as without the header.

    A change that `If-None-Match` were to prevent could not be recognised when it is repeated, so that is refused.
    """
    if "If-None-Match" in request.headers:
        raise RefusedError(malformed_header("If-None-Match", "guards reads only: a change is guarded by If-Match"))
    tags = read_tags(request, "If-Match")
    return None if tags is None or tags.any else tags


async def expecting(
    request: Request, order_id: str, guard: Tags, body: Change, command_of: Callable[[Change], Command]
) -> Change:
    """The body with a version to expect. Raises RefusedError: 404 before 412 where no version is named."""
    versions = guard.versions
    if versions and body.expected_version is not None:
        if body.expected_version in versions:
            return body
        error = {"pointer": "#/expected_version", "detail": "is not what If-Match says"}
        raise RefusedError(problems.validation([error]))
    if len(versions) == 1:
        return replace(body, expected_version=versions[0])
    bodies = [replace(body, expected_version=version) for version in versions]
    before = await _sent_before(request, [(each, command_of(each)) for each in bodies])
    if before:
        return before
    shown = await read_order(facade_of(request), order_id)
    check_shown(request, shown.order)
    if shown.order.version not in versions:
        raise RefusedError(precondition_failed(str(guard), shown.order.version))
    return replace(body, expected_version=shown.order.version)


async def _sent_before(request: Request, choices: Sequence[tuple[Change, Command]]) -> Change | None:
    """Which of them this request was sent as, if it is a repeat: the order may have moved on, even because of it."""
    if not choices:
        return None
    _, command = choices[0]  # One key gives all of them one id.
    sent = readable(await find_outcome(facade_of(request), command.order_id, command.command_id))
    return next((body for body, command in choices if sent and fingerprint_of(command) == sent.fingerprint), None)
