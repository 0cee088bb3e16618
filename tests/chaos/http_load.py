"""A client of the facades: it creates and moves orders, and repeats under the same key until it has an answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import aiohttp

from tests.chaos.fleet import Member
from tests.chaos.mix import ROAD, order_fields
from tests.chaos.promises import Command, Promises
from web.identity import Key
from web.order_state import ROUTE

PAUSE_SECONDS = 0.1
REQUEST_SECONDS = 15.0
SETTLE_SECONDS = 90.0
ASYNC_SHARE, REPEAT_SHARE = 0.3, 0.2
UNSETTLED = 500


class UnansweredError(Exception):
    """No facade gave a definite answer for longer than any fault lasts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body, from which process of which facade."""

    status: int
    body: dict[str, Any]
    facade: Member
    generation: int


class HttpClient:
    """One at a time, like a careful integration: every write has a key, a 5xx or a broken connection is tried again."""

    def __init__(self, name: str, facades: Sequence[Member], random: Random, promises: Promises) -> None:
        self._name, self._facades, self._random, self._promises = name, facades, random, promises
        self._made = 0

    async def run(self, stopping: asyncio.Event) -> None:
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as self._session:
            while not stopping.is_set():
                await self._order(stopping)

    async def _order(self, stopping: asyncio.Event) -> None:
        self._made += 1
        key = f"{self._name}-{self._made}"
        body = order_fields(self._random, self._made, key)
        answer = await self._settled("POST", "/orders", body, key)
        self._promises.orders_by_key[key].add(answer.body["order_id"])
        order_id, command_id = Key(value=key, given=True).ids("POST", "/orders", body["client_id"])
        self._note((order_id, command_id), answer)
        for state in ROAD[: self._random.randrange(len(ROAD))]:
            if stopping.is_set():
                return
            await self._move(order_id, state)

    async def _move(self, order_id: str, state: str) -> None:
        self._made += 1
        key = f"{self._name}-{self._made}"
        answer = await self._settled("PUT", f"/orders/{order_id}/state", {"new_state": state}, key)
        _, command_id = Key(value=key, given=True).ids("PUT", ROUTE, order_id)
        self._note((order_id, command_id), answer)
        if answer.status == 200:
            await self._read_back(order_id, answer)

    async def _settled(self, method: str, path: str, body: dict[str, Any], key: str) -> Answer:
        """The answer to a write, now and then asked for twice."""
        answer = await self._definite(method, path, body, key)
        if self._random.random() < REPEAT_SHARE:
            answer = await self._definite(method, path, body, key)
        await asyncio.sleep(self._random.random() * PAUSE_SECONDS)
        return answer

    async def _definite(self, method: str, path: str, body: dict[str, Any], key: str) -> Answer:
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while True:
                    answer = await self._asked(method, path, body, key)
                    if answer and answer.status < UNSETTLED:
                        return answer
                    await asyncio.sleep(self._random.random() * 2 * PAUSE_SECONDS)
        except TimeoutError as error:
            raise UnansweredError(f"{method} {path} under key {key}") from error

    async def _asked(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Answer | None:
        headers = {"Idempotency-Key": key} if key else {}
        if body and self._random.random() < ASYNC_SHARE:
            headers["Prefer"] = "respond-async"
        return await self._exchange(self._random.choice(self._facades), method, path, body, headers)

    async def _exchange(
        self, facade: Member, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> Answer | None:
        generation = facade.generation
        try:
            async with self._session.request(method, facade.url + path, json=body, headers=headers) as response:
                answer = Answer(response.status, await response.json(content_type=None), facade, generation)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            self._promises.answers["no answer"] += 1
            return None
        self._promises.answers[str(answer.status)] += 1
        if answer.status == 500:
            self._promises.unexpected.append(f"500 to {method} {path}: {answer.body}")
        return answer

    def _note(self, command: Command, answer: Answer) -> None:
        match answer.status:
            case 200 | 201:
                self._promises.done.add(command)
            case 202:
                self._promises.accepted.add(command)
            case 404 | 409 | 412 | 422:
                self._promises.refused.add(command)
            case _:
                self._promises.unexpected.append(f"{answer.status} for {command}: {answer.body}")

    async def _read_back(self, order_id: str, written: Answer) -> None:
        """The same process of a facade never shows an older order than it has shown before."""
        read = await self._exchange(written.facade, "GET", f"/orders/{order_id}", None, {})
        same = read and read.generation == written.generation == written.facade.generation
        if read and same and read.status == 200 and read.body["version"] < written.body["version"]:
            self._promises.stale.append(f"{order_id} at {read.body['version']} after {written.body['version']}")
        if read and same and read.status == 404:
            self._promises.stale.append(f"{order_id} was not found after version {written.body['version']}")
