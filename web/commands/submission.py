"""A write: its command goes to Kafka, its outcome comes back, and the answer shows what became of it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

from aiohttp.web import Request, Response

from orderflow.domain.commands import Command, CreateOrder
from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.problems import Problem
from orderflow.ports import CacheUnavailableError, Pending
from orderflow.streaming.command_producer import DeliveryUnknownError, NotAcceptedError
from orderflow.wire import shapes
from orderflow.wire.commands import encode_command, whole_problem
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.problems import delivery_unknown, not_accepted, too_large
from orderflow.wire.representations import command_link
from web.commands.idempotency import REPEAT_PROBLEMS, recall
from web.commands.identity import Key
from web.commands.lookup import look_up
from web.facade import Facade, facade_of
from web.http.answers import accepted, order_answer
from web.http.headers import LOCATION, RETRY_PAUSE
from web.http.operations import Answer
from web.http.preconditions import as_precondition
from web.http.preferences import Preferences, read_preferences
from web.http.refusals import RETRY_AFTER, RefusedError, known_as
from web.orders.reading import read_order

ACCEPTED = Answer(shape=shapes.PendingCommand, headers=(LOCATION, RETRY_PAUSE))
SUBMISSION_PROBLEMS = (
    *REPEAT_PROBLEMS,
    "outcome-forgotten",
    "order-too-large",
    "dead-lettered",
    "not-accepted",
    "delivery-unknown",
)
"""What any command may be refused for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One command, and what its request says about the answer.

    `if_match`: the expected version came as an entity tag.
    """

    command: Command
    fingerprint: str
    key: Key
    preferences: Preferences
    traceparent: str | None = None
    if_match: bool = False


def submission_of(request: Request, command: Command, key: Key, *, if_match: bool = False) -> Submission:
    problem = whole_problem(command)
    if problem:
        raise RefusedError(problem)
    return Submission(
        command=command,
        fingerprint=fingerprint_of(command),
        key=key,
        preferences=read_preferences(request.headers.getall("Prefer", ())),
        traceparent=request.headers.get("traceparent"),
        if_match=if_match,
    )


async def submit(request: Request, submission: Submission) -> Response:
    """Waits for the outcome as long as the client prefers; then 202, after looking once more.

    Under a key that was used before, the outcome is the first one's, and sent again is only what has none yet.
    """
    facade, command, fingerprint = facade_of(request), submission.command, submission.fingerprint
    seconds = submission.preferences.seconds(facade.wait_seconds)
    seen = facade.board.asked(command.order_id, command.command_id)
    expected = facade.board.expect(command.order_id, command.command_id, fingerprint)
    known: Outcome | Pending | None = None
    try:
        if submission.key.given:
            known = await recall(facade, command, fingerprint, seen, waits=bool(seconds))
        outcome = known if isinstance(known, Outcome) else await _sent(facade, submission, expected, seconds)
    finally:
        expected.cancel()
    if outcome is None:
        return await _pending(facade, submission)
    return await _answer(facade, submission, replace(outcome, replayed=outcome.replayed or known is not None))


async def _sent(
    facade: Facade, submission: Submission, expected: asyncio.Future[Outcome], seconds: float
) -> Outcome | None:
    command = submission.command
    await _enqueue(facade, submission)
    if submission.key.given:
        await _mark(facade, submission)
    outcome = await _awaited(expected, seconds)
    if outcome is None and seconds:
        return await look_up(facade, command.order_id, command.command_id, submission.fingerprint)
    return outcome


async def _enqueue(facade: Facade, submission: Submission) -> None:
    command, value = submission.command, encode_command(submission.command)
    if len(value) > MAX_RECORD_BYTES:
        raise RefusedError(too_large(MAX_RECORD_BYTES))
    try:
        await facade.commands.enqueue(command.order_id, value, trace_headers(submission.traceparent))
    except NotAcceptedError as error:
        raise RefusedError(not_accepted(str(error)), RETRY_AFTER) from error
    except DeliveryUnknownError as error:
        key, links = submission.key.value, {"command": command_link(command.order_id, command.command_id)}
        problem = delivery_unknown(key, order_id=command.order_id, command_id=command.command_id, links=links)
        raise RefusedError(problem, {**RETRY_AFTER, "Idempotency-Key": key}) from error


def trace_headers(traceparent: str | None) -> list[tuple[str, bytes]]:
    """The record's headers."""
    return [("traceparent", traceparent.encode())] if traceparent and traceparent.isascii() else []


async def _awaited(expected: asyncio.Future[Outcome], seconds: float) -> Outcome | None:
    if not seconds:
        return None
    try:
        async with asyncio.timeout(seconds):
            return await expected
    except TimeoutError:
        return None


async def _mark(facade: Facade, submission: Submission) -> None:
    """Only what Kafka has is marked: a mark without its command would keep retries away for nothing."""
    mark = (submission.command.order_id, submission.command.command_id, submission.fingerprint)
    facade.board.mark_pending(*mark)
    with suppress(CacheUnavailableError):
        await facade.outcomes.mark_pending(*mark)


async def _pending(facade: Facade, submission: Submission) -> Response:
    await _mark(facade, submission)
    return accepted(submission.command, submission.preferences.applied(answered_async=True))


async def _answer(facade: Facade, submission: Submission, outcome: Outcome) -> Response:
    headers = submission.preferences.applied(answered_async=False)
    if outcome.replayed and submission.key.given:
        headers["Idempotent-Replayed"] = "true"
    if outcome.status is Status.REJECTED and outcome.error:
        raise RefusedError(_refusal(outcome.error, submission), headers)
    try:
        shown = await read_order(facade, outcome.order_id)
    except RefusedError:
        # The command took effect, and only its order cannot be read now: no failure that invites to repeat it.
        return accepted(submission.command, headers, status=outcome.status)
    return order_answer(shown, headers, created=isinstance(submission.command, CreateOrder))


def _refusal(problem: Problem, submission: Submission) -> Problem:
    if problem.type == "version-conflict" and submission.if_match:
        return as_precondition(problem)
    link = command_link(submission.command.order_id, submission.command.command_id)
    return known_as(problem, order_id=submission.command.order_id, links={"command": link})
