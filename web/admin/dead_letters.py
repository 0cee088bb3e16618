"""`/admin/dead-letters`: what an operator sees of dead letters, and does with them, over HTTP."""

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.processing.dead_letter_desk import DeadLetterDesk, UnknownLetterError
from orderflow.processing.desk_json import encode_purge, encode_replay
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.wire import desk_shapes
from orderflow.wire.desk_bodies import PurgeBody, ReplayBody, read_purge, read_replay
from orderflow.wire.letter_json import encode_letter_whole, encode_letters, letter_json
from orderflow.wire.letters import is_letter_id, letter_id
from orderflow.wire.problems import dead_letter_not_found, unavailable
from web.admin.letter_selection import LETTER_PARAMETERS, LetterQuery, read_letter_query, selection_of
from web.facade import facade_of
from web.http.answers import json_answer
from web.http.operations import operation
from web.http.refusals import RETRY_AFTER, RefusedError, printable
from web.http.requests import read_body
from web.http.resource import Resource

log = logging.getLogger(__name__)

blueprint = Blueprint("dead_letters")


@blueprint.route("/admin/dead-letters", name="all")
class DeadLetters(Resource):
    """What stands on the dead letter topic, by partition and offset."""

    @operation(
        "List dead letters",
        scope=Scope.ADMIN,
        parameters=LETTER_PARAMETERS,
        problems=("unavailable",),
        answers={200: desk_shapes.LetterList},
    )
    async def get(self, request: Request) -> Response:
        query = read_letter_query(request.query, facade_of(request).clock())
        async with _desk(request) as desk:
            return json_answer(await _page(desk, query))


@blueprint.route("/admin/dead-letters/replay", name="replay")
class Replays(Resource):
    """Letters put back onto the command topic."""

    @operation(
        "Put dead letters back",
        scope=Scope.ADMIN,
        body=ReplayBody,
        answers={200: desk_shapes.ReplayDone},
        problems=("dead-letter-not-found", "unavailable"),
    )
    async def post(self, request: Request) -> Response:
        body = await read_body(request, read_replay, typed=True)
        selection = selection_of(body, facade_of(request).clock())
        async with _desk(request) as desk:
            done = await desk.replay(selection, force=body.force, dry_run=body.dry_run)
        return json_answer(encode_replay(done, dry_run=body.dry_run))


@blueprint.route("/admin/dead-letters/purge", name="purge")
class Purges(Resource):
    """Letters deleted from the beginning of their partitions."""

    @operation(
        "Delete dead letters",
        scope=Scope.ADMIN,
        body=PurgeBody,
        answers={200: desk_shapes.PurgeDone},
        problems=("unavailable",),
    )
    async def post(self, request: Request) -> Response:
        body = await read_body(request, read_purge, typed=True)
        selection = selection_of(body, facade_of(request).clock())
        async with _desk(request) as desk:
            done = await desk.plan_purge(selection)
            if not body.dry_run:
                await desk.purge(done)
        return json_answer(encode_purge(done, dry_run=body.dry_run))


# What is done to letters is no letter.
@blueprint.route("/admin/dead-letters/{letter:(?!(?:replay|purge)$)[^/]+}", name="one")
class SingleDeadLetter(Resource):
    """One letter with its record's headers and its value."""

    @operation(
        "Show a dead letter",
        scope=Scope.ADMIN,
        answers={200: desk_shapes.WholeLetter},
        problems=("dead-letter-not-found", "unavailable"),
    )
    async def get(self, request: Request, letter: str) -> Response:
        if not is_letter_id(letter):
            raise RefusedError(dead_letter_not_found(printable(letter)))
        async with _desk(request) as desk:
            return json_answer(encode_letter_whole(await desk.letter(letter_id(letter))))


@asynccontextmanager
async def _desk(request: Request) -> AsyncIterator[DeadLetterDesk]:
    """One operation at a time, so that the others are still answered."""
    facade = facade_of(request)
    async with facade.admin:
        try:
            async with facade.open_desk() as desk:
                yield desk
        except UnknownLetterError as error:
            raise RefusedError(dead_letter_not_found(str(error.letter_id))) from error
        except KafkaUnusableError as error:
            log.warning("dead letters are out of reach: %s", error)
            raise RefusedError(unavailable("The dead letter topic"), RETRY_AFTER) from error


async def _page(desk: DeadLetterDesk, query: LetterQuery) -> bytes:
    shown: list[desk_shapes.Letter] = []
    last = None
    async with aclosing(desk.letters(query.selection, query.after)) as letters:
        async for letter in letters:
            if len(shown) == query.limit:
                return encode_letters(shown, last)
            shown.append(letter_json(letter))
            last = letter.id
    return encode_letters(shown, None)
