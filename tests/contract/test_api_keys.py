"""One suite for every book of API keys."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from orderflow.access.api_keys import ApiKey, new_key
from orderflow.access.errors import CredentialsUncheckedError
from orderflow.access.principal import Scope
from orderflow.adapters.memory_api_keys import InMemoryApiKeys
from orderflow.adapters.mongo_api_keys import MongoApiKeys
from orderflow.adapters.mongo_connection import MongoConnection
from tests.builders import NOW

Book = InMemoryApiKeys | MongoApiKeys
LATER = NOW + timedelta(seconds=1)


@pytest.fixture(params=["memory", "mongo"])
async def book(request: pytest.FixtureRequest, unique: str) -> AsyncIterator[Book]:
    if request.param == "memory":
        yield InMemoryApiKeys()
        return
    connection = MongoConnection(SecretStr(request.getfixturevalue("mongo_url")), unique)
    yield MongoApiKeys(connection)
    await connection.api_keys.database.client.drop_database(unique)
    await connection.close()


def kept(name: str = "shop", client_id: str | None = None, seconds: int = 0) -> ApiKey:
    now = NOW + timedelta(seconds=seconds)
    scopes = frozenset([Scope.READ, Scope.ADMIN])
    return new_key(name=name, scopes=scopes, client_id=client_id, now=now, random=secrets.token_bytes)[1]


async def test_a_key_is_found_as_it_was_added(book: Book) -> None:
    bound, free = kept(client_id="client-1"), kept()
    await book.add(bound)
    await book.add(free)
    assert await book.find(bound.key_id) == bound
    assert await book.find(free.key_id) == free
    assert await book.find("0" * 16) is None


async def test_all_keys_come_the_oldest_first(book: Book) -> None:
    assert await book.all() == []
    second, first = kept("b", seconds=2), kept("a", seconds=1)
    await book.add(second)
    await book.add(first)
    assert await book.all() == [first, second]


async def test_a_revoked_key_stays_revoked_since_the_first_time(book: Book) -> None:
    key, other = kept(), kept()
    await book.add(key)
    await book.add(other)
    for at in (NOW, LATER):
        revoked = await book.revoke(key.key_id, at)
        assert revoked
        assert revoked.revoked_at == NOW
        assert await book.find(key.key_id) == revoked
    assert await book.find(other.key_id) == other


async def test_what_is_not_there_cannot_be_revoked(book: Book) -> None:
    assert await book.revoke("0" * 16, NOW) is None
    assert await book.all() == []


async def test_a_database_that_is_away_says_so_and_the_next_do_not_wait_for_it(closed_port: int) -> None:
    connection = MongoConnection(SecretStr(f"mongodb://127.0.0.1:{closed_port}"), "away")
    moments = iter([0.0, 0.0, 0.1, 0.2, 0.3])
    keys = MongoApiKeys(connection, lambda: next(moments))
    for _ in range(3):
        with pytest.raises(CredentialsUncheckedError):
            await keys.find("0" * 16)
    await connection.close()
