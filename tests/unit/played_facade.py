"""A facade that answers by heart, and notes what it was asked."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True, slots=True)
class Played:
    """An answer; problems are `application/problem+json` by their status."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PlayedFacade:
    """Gives the answers in turn, the last one again and again."""

    answers: list[Played]
    url: str = ""
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        self.bodies.append(await request.read())
        played = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        text = played.body if isinstance(played.body, str) else json.dumps(played.body)
        return web.Response(status=played.status, text=text, headers=played.headers)

    def sent(self, header: str) -> list[str | None]:
        return [request.headers.get(header) for request in self.asked]


def problem(slug: str, status: int, **more: object) -> Played:
    headers = {"Retry-After": str(more.pop("retry_after"))} if "retry_after" in more else {}
    return Played(status, {"type": slug, "title": slug, "detail": "why", "status": status, **more}, headers)


@asynccontextmanager
async def played(*answers: Played) -> AsyncIterator[PlayedFacade]:
    facade = PlayedFacade(list(answers))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", facade.answer)
    async with TestServer(app) as server:
        facade.url = str(server.make_url(""))
        yield facade
