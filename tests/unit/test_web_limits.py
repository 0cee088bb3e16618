"""Who is let in only so often, and for how long: guesses, streams and rates."""

import asyncio

import pytest

from orderflow.access.principal import Scope
from orderflow.access.rates import Rate
from orderflow.adapters.memory_rate_limiter import InMemoryRateLimiter
from tests.builders import NOW
from tests.event_source import event_source
from tests.eventually import eventually
from tests.unit.clocks import Clock
from tests.unit.facade_loop import ORDER, Loop, running
from tests.unit.guarded_facade import STATIC, Guarded, bearer, type_of
from tests.unit.token_forge import token
from web.access.gate import FAILURES_AT_ONCE, LimitedGate
from web.live.event_stream import StreamLimits, Streams


async def test_a_flood_of_refusals_is_a_few_lines_of_log(caplog: pytest.LogCaptureFixture) -> None:
    guarded = Guarded()
    async with running(Loop(), gate=guarded.gate) as client:
        for number in range(50):
            await client.send("GET", "/orders", headers={"X-API-Key": f"guess {number}"})
        assert caplog.text.count("credentials are refused") == 1
        guarded.clock.pass_(10)
        await client.send("GET", "/orders", headers={"X-API-Key": "one more"})
    assert "49 times more" in caplog.text


async def test_who_guesses_too_often_has_to_wait_while_those_who_are_known_go_on() -> None:
    guarded = Guarded(failures_per_second=0.5)
    async with running(Loop(), gate=guarded.gate) as client:
        for number in range(FAILURES_AT_ONCE):
            assert (await client.send("GET", "/orders", headers=bearer(f"guess {number}"))).status == 401
        late = await client.send("GET", "/orders", headers=bearer("guess"))
        assert await type_of(late) == (429, "rate-limited")
        assert late.headers["Retry-After"] == "2"
        assert (await client.send("GET", "/orders", headers=bearer(STATIC))).status == 200
        assert (await client.send("GET", "/orders")).status == 401
        guarded.clock.pass_(2)
        assert (await client.send("GET", "/orders", headers=bearer("guess"))).status == 401


async def test_who_is_known_goes_on_also_when_it_is_time_to_look_again() -> None:
    guarded = Guarded(failures_per_second=0.01)
    key = await guarded.key(Scope.READ)
    async with running(Loop(), gate=guarded.gate) as client:
        assert (await client.send("GET", "/orders", headers=bearer(key))).status == 200
        for number in range(FAILURES_AT_ONCE):
            await client.send("GET", "/orders", headers=bearer(f"guess {number}"))
        guarded.clock.pass_(10)
        assert (await client.send("GET", "/orders", headers=bearer(await guarded.key(Scope.READ)))).status == 429
        assert (await client.send("GET", "/orders", headers=bearer(key))).status == 200
        await guarded.store.revoke(key.split("_")[1], NOW)
        guarded.clock.pass_(10)
        answers = [await client.send("GET", "/orders", headers=bearer(key)) for _ in range(2)]
        assert [answer.status for answer in answers] == [401, 429]


async def test_guesses_at_the_same_time_all_count(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded, answers = Guarded(failures_per_second=1), asyncio.Event()
    waiting: list[str] = []

    async def slow(key_id: str) -> None:
        waiting.append(key_id)
        await answers.wait()

    monkeypatch.setattr(guarded.store, "find", slow)
    guesses = [f"ofk_{number:016x}_{'A' * 43}" for number in range(FAILURES_AT_ONCE * 2)]
    async with running(Loop(), gate=guarded.gate) as client:
        asked = [asyncio.create_task(client.send("GET", "/orders", headers=bearer(guess))) for guess in guesses]
        await eventually(lambda: len(waiting) == len(asked))
        answers.set()
        assert {answer.status for answer in await asyncio.gather(*asked)} == {401}
        late = await client.send("GET", "/orders", headers=bearer("guess"))
        assert (late.status, late.headers["Retry-After"]) == (429, str(FAILURES_AT_ONCE + 1))


@pytest.mark.parametrize("path", ["/events", "/orders/{}/events"])
async def test_a_stream_tells_a_revoked_key_nothing_more(path: str) -> None:
    guarded = Guarded()
    key = await guarded.key(*Scope)
    async with running(Loop(), gate=guarded.gate) as client:
        order_id = await (await client.send("POST", "/orders", json=ORDER, headers=bearer(key))).json()
        path = path.format(order_id["order_id"])
        async with event_source(client.http, path, headers=bearer(key)) as source:
            await guarded.store.revoke(key.split("_")[1], NOW)
            guarded.clock.pass_(9)
            moved = f"/orders/{order_id['order_id']}/state"
            await client.send("PUT", moved, json={"new_state": "confirmed"}, headers=bearer(STATIC))
            seen = await source.take(2 if "orders" in path else 1)
            assert seen[-1].data["state"] == "confirmed"
            guarded.clock.pass_(1)
            await client.send("PUT", moved, json={"new_state": "assigned"}, headers=bearer(STATIC))
            assert [seen async for seen in source] == []


async def test_a_stream_costs_no_rate_while_it_goes_on() -> None:
    guarded, clock = Guarded(), Clock()
    gate = LimitedGate(guarded.gate, InMemoryRateLimiter(Rate(per_second=0.01, burst=2), clock))
    streams = Streams(StreamLimits(heartbeat=0.01))
    async with running(Loop(), gate=gate, streams=streams) as client:
        async with event_source(client.http, "/events", headers=bearer(STATIC)) as source:
            for _ in range(5):
                await source.until_beat()
        assert (await client.send("GET", "/orders", headers=bearer(STATIC))).status == 200


async def test_each_principal_has_its_own_rate() -> None:
    guarded, clock = Guarded(), Clock()
    limiter = InMemoryRateLimiter(Rate(per_second=0.25, burst=3), clock)
    async with running(Loop(), gate=LimitedGate(guarded.gate, limiter)) as client:
        for _ in range(3):
            assert (await client.send("GET", "/orders", headers=bearer(STATIC))).status == 200
        late = await client.send("GET", "/orders", headers=bearer(STATIC))
        assert (await type_of(late), late.headers["Retry-After"]) == ((429, "rate-limited"), "4")
        assert (await client.send("GET", "/livez")).status == 200
        assert (await client.send("GET", "/orders", headers=bearer(token()))).status == 200
        clock.pass_(4)
        assert (await client.send("GET", "/orders", headers=bearer(STATIC))).status == 200
