"""Credentials are checked now and then; a revoked key ends soon, and an outage of the key store opens nothing."""

import secrets
from collections.abc import Callable

import pytest

from orderflow.access import authenticator as module
from orderflow.access.api_keys import digest_of, new_key
from orderflow.access.authenticator import KEY_SECONDS, OUTAGE_SECONDS, TOKEN_SECONDS, Authenticator
from orderflow.access.errors import CredentialsRefusedError, CredentialsUncheckedError
from orderflow.access.principal import Principal, Scope
from orderflow.access.token_keys import secret_key
from orderflow.adapters.fixed_keys import FixedKeys
from orderflow.adapters.memory_api_keys import InMemoryApiKeys
from tests.builders import NOW
from tests.unit.clocks import Clock
from tests.unit.token_forge import RULES, SECRET, claims, token

STATIC = "a-key-that-stands-in-the-settings"
EVERYTHING = Principal(name="static", scopes=frozenset(Scope))


class Counting(InMemoryApiKeys):
    """Counts how often it is asked."""

    asked = 0

    async def find(self, key_id: str) -> object:  # type: ignore[override]
        self.asked += 1
        return await super().find(key_id)


class Door:
    """An authenticator, its clock, and one key that is known to its store."""

    def __init__(self, *, takes_tokens: bool = True) -> None:
        self.clock = Clock()
        self.store = Counting()
        self.authenticator = Authenticator(
            store=self.store,
            sources=[FixedKeys(secret_key(SECRET))] if takes_tokens else [],
            rules=RULES,
            fixed={digest_of(STATIC): EVERYTHING},
            monotonic=self.clock,
            time=lambda: claims()["iat"],
        )
        self.key, self.kept = new_key(
            name="shop", scopes=frozenset([Scope.READ]), client_id=None, now=NOW, random=secrets.token_bytes
        )

    async def enter(self, credential: str) -> Principal:
        """As the gate does."""
        return self.authenticator.remembered(credential) or await self.authenticator.principal(credential)

    async def refusal(self, credential: str) -> str:
        with pytest.raises(CredentialsRefusedError) as refused:
            await self.enter(credential)
        return str(refused.value)


@pytest.fixture
async def door() -> Door:
    door = Door()
    await door.store.add(door.kept)
    return door


async def test_a_key_is_looked_up_once_in_a_while(door: Door) -> None:
    for _ in range(3):
        assert await door.enter(door.key) == door.kept.principal
    assert door.store.asked == 1
    door.clock.pass_(KEY_SECONDS)
    assert await door.enter(door.key) == door.kept.principal
    assert door.store.asked == 2


async def test_a_revoked_key_ends_within_ten_seconds(door: Door) -> None:
    await door.enter(door.key)
    await door.store.revoke(door.kept.key_id, NOW)
    door.clock.pass_(KEY_SECONDS - 0.1)
    assert await door.enter(door.key)
    door.clock.pass_(0.1)
    assert "revoked" in await door.refusal(door.key)
    door.clock.pass_(OUTAGE_SECONDS)
    assert "revoked" in await door.refusal(door.key)


async def test_a_key_known_lately_outlives_an_outage_of_the_store_for_a_while(door: Door) -> None:
    await door.enter(door.key)
    door.store.away = True
    door.clock.pass_(OUTAGE_SECONDS - 0.1)
    assert await door.enter(door.key) == door.kept.principal
    door.clock.pass_(0.1)
    with pytest.raises(CredentialsUncheckedError):
        await door.enter(door.key)
    door.store.away = False
    assert await door.enter(door.key) == door.kept.principal


async def test_an_outage_lets_nobody_in_who_is_not_known(door: Door) -> None:
    door.store.away = True
    with pytest.raises(CredentialsUncheckedError):
        await door.enter(door.key)


async def test_a_key_that_was_revoked_does_not_come_back_with_an_outage(door: Door) -> None:
    await door.enter(door.key)
    await door.store.revoke(door.kept.key_id, NOW)
    door.clock.pass_(KEY_SECONDS)
    await door.refusal(door.key)
    door.store.away = True
    door.clock.pass_(KEY_SECONDS)
    with pytest.raises(CredentialsUncheckedError):
        await door.enter(door.key)


async def test_a_refusal_is_remembered_too_but_not_for_long(door: Door) -> None:
    other, kept = new_key(name="x", scopes=frozenset(), client_id=None, now=NOW, random=secrets.token_bytes)
    for _ in range(3):
        assert "not known" in await door.refusal(other)
    assert door.store.asked == 1
    await door.store.add(kept)
    door.clock.pass_(KEY_SECONDS)
    assert await door.enter(other) == kept.principal


async def test_a_token_is_checked_again_after_a_while_and_never_outlives_itself(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[str] = []
    verify: Callable[..., object] = module.tokens.verify
    monkeypatch.setattr(module.tokens, "verify", lambda *of: (checks.append(of[0]), verify(*of))[1])
    long, short = token(exp=claims()["iat"] + 3_600), token(exp=claims()["iat"] + 20, jti="short")
    for _ in range(2):
        await door.enter(long)
        await door.enter(short)
    assert checks == [long, short]
    door.clock.pass_(31)
    assert door.authenticator.remembered(short) is None
    assert door.authenticator.remembered(long)
    door.clock.pass_(TOKEN_SECONDS - 31)
    assert door.authenticator.remembered(long) is None


async def test_the_key_of_the_settings_always_holds(door: Door) -> None:
    door.store.away = True
    assert await door.enter(STATIC) == EVERYTHING
    assert door.store.asked == 0


@pytest.mark.parametrize("credential", ["", "password", STATIC + "x", STATIC[:-1], "\udcff", "a.b.c", "x" * 8_000])
async def test_anything_else_is_refused(door: Door, credential: str) -> None:
    assert await door.refusal(credential)
    assert door.store.asked == 0


async def test_tokens_are_refused_where_nothing_verifies_them() -> None:
    assert "no credentials" in await Door(takes_tokens=False).refusal(token())


async def test_many_strangers_do_not_make_it_forget_who_is_known(door: Door) -> None:
    await door.enter(door.key)
    for number in range(2_000):
        await door.refusal(f"stranger-{number}")
    assert door.authenticator.remembered(door.key)
