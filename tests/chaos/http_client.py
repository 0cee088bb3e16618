"""One HTTP client of several facades: every write has a key and is repeated until a facade gives a definite answer."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Self

import aiohttp

from tests.chaos.fleet import Member

PAUSE_SECONDS = 0.2
REQUEST_SECONDS = 15.0
SETTLE_SECONDS = 90.0
ASYNC_SHARE = 0.3
SERVER_ERROR, UNSETTLED = 500, 500


class UnansweredError(Exception):
    """No facade gave a definite answer for longer than any fault lasts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body, from which process of which facade."""

    status: int
    body: dict[str, Any]
    facade: Member
    generation: int

    @property
    def settles(self) -> bool:
        """Whether there is nothing to be gained by repeating the request."""
        return self.status < UNSETTLED and self.body.get("type") != "idempotency-in-progress"

    def same_process(self, earlier: "Answer") -> bool:
        return self.generation == earlier.generation == earlier.facade.generation


class HttpClient:
    """An async context manager. `answers` counts by status; `errors` are what no facade may answer."""

    def __init__(self, facades: Sequence[Member], random: Random, answers: Counter[str], errors: list[str]) -> None:
        self._facades, self._random = facades, random
        self._answers, self._errors = answers, errors

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def write(self, method: str, path: str, body: dict[str, Any], key: str) -> Answer:
        """Some facade's answer below 500 that settles it: not that the first request is still under way."""
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while True:
                    headers = {"Idempotency-Key": key}
                    if self._random.random() < ASYNC_SHARE:
                        headers["Prefer"] = "respond-async"
                    facade = self._random.choice(self._facades)
                    answer = await self._exchange(facade, method, path, json=body, headers=headers)
                    if answer and answer.settles:
                        return answer
                    await asyncio.sleep(self._random.random() * PAUSE_SECONDS)
        except TimeoutError as error:
            raise UnansweredError(f"{method} {path} under key {key}") from error

    async def read(self, path: str, facade: Member, **params: str) -> Answer | None:
        """One try; None where that facade does not answer."""
        return await self._exchange(facade, "GET", path, params=params)

    async def _exchange(self, facade: Member, method: str, path: str, **request: Any) -> Answer | None:  # noqa: ANN401 - aiohttp's
        generation = facade.generation
        try:
            async with self._session.request(method, facade.url + path, **request) as response:
                answer = Answer(response.status, await response.json(content_type=None), facade, generation)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            self._answers["none"] += 1
            return None
        self._answers[str(answer.status)] += 1
        if answer.status == SERVER_ERROR:
            self._errors.append(f"500 to {method} {path}: {answer.body}")
        return answer
