"""A key set from elsewhere: looked at again when a key is new, never too often, and kept while it is away."""

import asyncio
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from orderflow.access.errors import CredentialsUncheckedError
from orderflow.adapters.key_sets import FRESH_SECONDS, PAUSE_SECONDS, KeySet, file, url
from tests.eventually import eventually
from tests.unit.clocks import Clock
from tests.unit.token_forge import EC, OTHER_RSA, RSA, jwk, key_set_of

ONE, TWO = key_set_of(jwk(RSA, kid="one")), key_set_of(jwk(RSA, kid="one"), jwk(EC, kid="two"))


class Place:
    """Where a key set lies, and how often it was read."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.document: bytes | None = ONE
        self.reads = 0
        self.open = asyncio.Event()
        self.open.set()
        self.set = KeySet(self.read, self.clock)

    async def read(self) -> bytes:
        self.reads += 1
        await self.open.wait()
        if self.document is None:
            raise OSError("away")
        return self.document

    async def names(self, key_id: str | None = None) -> list[str | None]:
        return [key.key_id for key in await self.set.keys(key_id)]


@pytest.fixture
async def place() -> Place:
    return Place()


async def test_it_is_read_once_for_all_who_come_at_once(place: Place) -> None:
    assert await asyncio.gather(*(place.names("one") for _ in range(5))) == [["one"]] * 5
    assert place.reads == 1


async def test_a_new_key_is_found_when_a_token_names_it(place: Place) -> None:
    await place.names("one")
    place.document = TWO
    place.clock.pass_(PAUSE_SECONDS)
    assert await place.names("two") == ["one", "two"]


async def test_unknown_names_do_not_make_it_read_again_and_again(place: Place) -> None:
    await place.names()
    for number in range(100):
        await place.names(f"made-up-{number}")
    assert place.reads == 1
    place.clock.pass_(PAUSE_SECONDS)
    for number in range(100):
        await place.names(f"made-up-{number}")
    assert place.reads == 2


async def test_a_key_that_was_withdrawn_goes(place: Place) -> None:
    place.document = TWO
    await place.names()
    place.document = ONE
    place.clock.pass_(FRESH_SECONDS)
    await place.names("two")
    await eventually(lambda: place.reads == 2)
    assert await place.names("one") == ["one"]


async def test_the_last_good_set_is_kept_while_it_is_away_or_broken(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await place.names()
    for document in (None, b"<html>login</html>", b'{"keys": []}'):
        place.document = document
        place.clock.pass_(FRESH_SECONDS)
        assert await place.names("new") == ["one"]
    assert place.reads == 4
    assert len(caplog.records) == 3


async def test_who_names_a_known_key_does_not_wait_for_a_slow_look(place: Place) -> None:
    await place.names()
    place.open.clear()
    place.clock.pass_(FRESH_SECONDS)
    assert await asyncio.wait_for(place.names("one"), 5) == ["one"]
    waiting = asyncio.create_task(place.names("two"))
    await eventually(lambda: place.reads == 2)
    assert not waiting.done()
    place.document = TWO
    place.open.set()
    assert await waiting == ["one", "two"]


async def test_without_any_set_nothing_can_be_said(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.document = None
    with pytest.raises(CredentialsUncheckedError):
        await place.names("one")
    assert "cannot be read" in caplog.text


async def test_a_file_is_read(tmp_path: object) -> None:
    path = tmp_path / "jwks.json"  # type: ignore[operator]
    path.write_bytes(ONE)
    assert await file(path)() == ONE


async def served(answer: web.Response | Exception) -> TestServer:
    async def handle(_: web.Request) -> web.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    app = web.Application()
    app.router.add_get("/keys", handle)
    server = TestServer(app)
    await server.start_server()
    return server


async def test_a_url_is_fetched() -> None:
    body = key_set_of(jwk(OTHER_RSA, kid="three"))
    server = await served(web.json_response(json.loads(body)))
    assert json.loads(await url(str(server.make_url("/keys")))()) == json.loads(body)
    await server.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (web.HTTPFound("/elsewhere"), "302"),
        (web.Response(status=500), "500"),
        (web.Response(body=b" " * (2**20 + 1)), "larger"),
    ],
)
async def test_an_answer_that_is_no_set_of_a_bearable_size_is_refused(
    answer: web.Response | Exception, reason: str
) -> None:
    server = await served(answer)
    with pytest.raises(ValueError, match=reason):
        await url(str(server.make_url("/keys")))()
    await server.close()
