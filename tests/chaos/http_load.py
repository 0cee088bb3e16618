"""An integration over HTTP: it takes orders along their road, and notes what it is told on the way."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.chaos.fleet import Member
from tests.chaos.http_client import Answer, HttpClient
from tests.chaos.mix import ROAD, order_fields
from tests.chaos.promises import Command, Promises
from web.commands.identity import Key
from web.orders.state import ROUTE

REPEAT_SHARE, WRONG_SHARE = 0.2, 0.1
PENDING = 202
NEWEST = "30"
"""So many of its orders are listed: those it created before, answered with 202, may be newer in the store."""


class HttpLoad:
    """One request at a time; nobody else touches its orders, so it knows what each answer has to be."""

    def __init__(self, name: str, facades: Sequence[Member], random: Random, promises: Promises) -> None:
        self._name, self._facades, self._random, self._promises = name, facades, random, promises
        self._made = 0

    async def run(self, stopping: asyncio.Event) -> None:
        promises = self._promises
        async with HttpClient(self._facades, self._random, promises.answers, promises.broken) as self._client:
            while not stopping.is_set():
                await self._order(stopping)

    async def _order(self, stopping: asyncio.Event) -> None:
        key = self._key()
        body = order_fields(self._random, self._name, key)
        command = Key(value=key, given=True).ids("POST", "/orders", self._name)
        for answer in await self._told("POST", "/orders", body, key, command, right=201):
            self._promises.orders_by_key[key].add(answer.body["order_id"])
        for state in ROAD[: self._random.randrange(len(ROAD))]:
            if stopping.is_set():
                return
            await self._move(command[0], state)

    async def _move(self, order_id: str, state: str) -> None:
        key, path = self._key(), f"/orders/{order_id}/state"
        answers = await self._told("PUT", path, {"new_state": state}, key, self._change(order_id, key), right=200)
        if answers[-1].status != PENDING:
            await self._read_back(order_id, answers[-1])
        if self._random.random() < WRONG_SHARE:
            await self._go_wrong(order_id, path, key)

    async def _go_wrong(self, order_id: str, path: str, used_key: str) -> None:
        """Back to the beginning is no way; and a key that was used means what it meant."""
        back, key = {"new_state": "created"}, self._key()
        await self._told("PUT", path, back, key, self._change(order_id, key), right=409)
        reused = await self._client.write("PUT", path, back, used_key)
        self._expect(reused, f"PUT {path} with another body under {used_key}", right=422)

    async def _told(
        self, method: str, path: str, body: dict[str, Any], key: str, command: Command, *, right: int
    ) -> list[Answer]:
        """The answers to a write that is now and then asked for twice."""
        answers = [await self._client.write(method, path, body, key)]
        if self._random.random() < REPEAT_SHARE:
            answers.append(await self._client.write(method, path, body, key))
        for answer in answers:
            if self._expect(answer, f"{method} {path} under {key}", right=right):
                self._note(command, answer.status)
        return answers

    def _expect(self, answer: Answer, what: str, *, right: int) -> bool:
        if answer.status in (right, PENDING):
            return True
        self._promises.broken.append(f"{what} was answered {answer.status}: {answer.body}")
        return False

    def _note(self, command: Command, status: int) -> None:
        promises = self._promises
        by_status = {PENDING: promises.accepted, 409: promises.refused}
        by_status.get(status, promises.done).add(command)

    async def _read_back(self, order_id: str, written: Answer) -> None:
        """The same process of a facade never shows an older order than it has shown before, nor a list without it."""
        read = await self._client.read(f"/orders/{order_id}", written.facade)
        if read and read.same_process(written) and read.status in (200, 404):
            self._compare(f"GET /orders/{order_id}", read.body, written)
        newest = await self._client.read("/orders", written.facade, client_id=self._name, limit=NEWEST)
        if newest and newest.same_process(written) and newest.status == 200:
            listed = {order["order_id"]: order for order in newest.body["orders"]}
            self._compare(f"GET /orders?client_id={self._name}", listed.get(order_id, {}), written)

    def _compare(self, what: str, shown: dict[str, Any], written: Answer) -> None:
        wanted = written.body["order_id"], written.body["version"]
        if shown.get("order_id") != wanted[0] or shown["version"] < wanted[1]:
            found = shown.get("order_id"), shown.get("version")
            self._promises.broken.append(f"{what} after {wanted} showed {found}")

    def _change(self, order_id: str, key: str) -> Command:
        return order_id, Key(value=key, given=True).ids("PUT", ROUTE, order_id)[1]

    def _key(self) -> str:
        self._made += 1
        return f"{self._name}-{self._made}"
