"""A bulk request: each of its items is a command like any other, and their outcomes come back together."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from aiohttp.web import Request, Response

from orderflow.domain.outcome import Outcome
from orderflow.ports import CacheUnavailableError
from orderflow.wire.bulk_bodies import Bulk
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.job_json import job_json, job_link
from orderflow.wire.jobs import Job, Name, Progress
from orderflow.wire.json import dumps
from orderflow.wire.problems import delivery_unknown, not_accepted
from web.access.principals import principal_of
from web.bulk.items import Work, work_of
from web.bulk.job_lookup import find_outcomes
from web.bulk.repeats import check_body, is_repeated, remembered
from web.bulk.sending import Sender
from web.bulk.steps import Steps
from web.commands.identity import Key, key_of
from web.commands.submission import trace_headers
from web.facade import Facade, facade_of
from web.http.answers import json_answer
from web.http.preferences import Preferences, read_preferences
from web.http.refusals import RETRY_AFTER, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A bulk request; `repeated`: its key was used before, so what is known already is not sent again."""

    facade: Facade
    key: Key
    preferences: Preferences
    seconds: float
    repeated: bool


async def submit_bulk(request: Request, bulk: Bulk, route: str) -> Response:
    """Waits for all outcomes as long as the client prefers; then 202, with what has become of each item so far."""
    facade, key = facade_of(request), key_of(request)
    preferences = read_preferences(request.headers.getall("Prefer", ()))
    seconds = preferences.seconds(facade.wait_seconds)
    await facade.gate.charge(principal_of(request), len(bulk.items) - 1)
    work = await work_of(request, bulk, key, route)
    repeated = key.given and await is_repeated(facade, work.job, waits=bool(seconds))
    asked = _Asked(facade=facade, key=key, preferences=preferences, seconds=seconds, repeated=repeated)
    sender = Sender(facade, trace_headers(request.headers.get("traceparent")))
    if repeated:
        sender.know(work, await remembered(facade, work.job))
    if bulk.stop_on_error:
        return await _one_by_one(asked, work, sender)
    return await _all_at_once(asked, work, sender)


async def _all_at_once(asked: _Asked, work: Work, sender: Sender) -> Response:
    job, jobs = work.job, asked.facade.jobs
    with jobs.room(job):
        expected = await sender.send_all(work.open(sender.heard))
    job.progress = Progress.STOPPED if sender.failed else Progress.ENDED
    await jobs.keep(job)
    if expected and asked.seconds:
        await asyncio.wait(expected, timeout=asked.seconds)
    for waiting in expected:
        waiting.cancel()
    if sender.refused:
        await jobs.keep(job)
    return await _answer(asked, job, sender.heard, alive=False)


async def _one_by_one(asked: _Asked, work: Work, sender: Sender) -> Response:
    jobs = asked.facade.jobs
    run, task = jobs.start(Steps(work, sender))
    check_body(run.job, work.job)  # Both may have been here before either was known.
    await run.begun()
    await asyncio.wait([task], timeout=asked.seconds)
    return await _answer(asked, run.job, run.heard, alive=not task.done())


async def _answer(asked: _Asked, job: Job, heard: Mapping[Name, Outcome], *, alive: bool) -> Response:
    _raise_unsent(asked, job)
    looks = asked.seconds or asked.repeated
    outcomes = await find_outcomes(asked.facade, job.items, heard) if looks else heard
    shown = job_json(job, outcomes, alive=alive)
    headers = asked.preferences.applied(answered_async=shown["status"] == "running")
    if asked.repeated:
        headers["Idempotent-Replayed"] = "true"
    if not asked.key.given:
        headers["Idempotency-Key"] = asked.key.value
    if shown["status"] != "running":
        return json_answer(dumps(shown), headers)
    await _mark_pending(asked.facade, job, outcomes)
    return json_answer(dumps(shown), {**headers, **RETRY_AFTER, "Location": job_link(job.job_id)}, status=202)


def _raise_unsent(asked: _Asked, job: Job) -> None:
    """Nothing that might have been sent has been, or it is not known of any."""
    if job.is_unsent:
        raise RefusedError(not_accepted(asked.facade.commands.refusal or ""), RETRY_AFTER)
    if job.is_in_doubt:
        key = asked.key.value
        problem = delivery_unknown(key, job_id=job.job_id, links={"job": job_link(job.job_id)})
        raise RefusedError(problem, {**RETRY_AFTER, "Idempotency-Key": key})


async def _mark_pending(facade: Facade, job: Job, outcomes: Mapping[Name, Outcome]) -> None:
    """So that every facade shows these commands as pending."""
    pending = [
        (*item.name, item.fingerprint)
        for item in job.items
        if item.name and item.status is ItemStatus.PENDING and item.name not in outcomes
    ]
    with suppress(CacheUnavailableError):
        await asyncio.gather(*(facade.outcomes.mark_pending(*mark) for mark in pending))
