"""What became of a command, looked up where more than one answer is kept."""

from dataclasses import replace

import pytest

from orderflow.domain.outcome import Status
from orderflow.domain.problems import order_not_found
from orderflow.wire.outcomes import encode_outcome, outcome_message
from tests.builders import applied
from tests.unit.facade_loop import ORDER, Loop, running

EARLY = replace(applied(), status=Status.REJECTED, version=None, error=order_not_found("ord_1"))


def hear_again(loop: Loop, order_id: str, command_id: str) -> None:
    """The tail sees an earlier rejection, of before the order existed, once more."""
    outcome = replace(EARLY, order_id=order_id, command_id=command_id)
    message = outcome_message(outcome, encode_outcome(outcome), cached=True)
    loop.board.receive(message.value, message.headers)


@pytest.mark.parametrize("cache_away", [False, True])
async def test_what_the_order_remembers_counts_before_an_early_rejection(*, cache_away: bool) -> None:
    async with running(Loop(silent=True), wait_seconds=0) as client:
        body = await (await client.send("POST", "/orders", json=ORDER)).json()
        hear_again(client.loop, body["order_id"], body["command_id"])
        rejected = await (await client.send("GET", body["links"]["self"])).json()
        client.loop.board.receive = lambda *_: None  # type: ignore[method-assign]
        await client.loop.work(client.loop.taken[0])
        client.loop.cache.away = cache_away
        applied = await (await client.send("GET", body["links"]["self"])).json()
        assert (rejected["status"], applied["status"]) == ("rejected", "applied")


async def away(_: str) -> None:
    raise OSError


async def test_an_early_rejection_is_shown_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(Loop()) as client:
        monkeypatch.setattr(client.loop.store, "get", away)
        hear_again(client.loop, "ord_1", "cmd_1")
        answer = await client.send("GET", "/orders/ord_1/commands/cmd_1")
        assert (answer.status, (await answer.json())["status"]) == (200, "rejected")
        assert (await client.send("GET", "/orders/ord_1/commands/cmd_2")).status == 503


async def test_a_pending_command_is_pending_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(Loop(silent=True), wait_seconds=0) as client:
        body = await (await client.send("POST", "/orders", json=ORDER)).json()
        monkeypatch.setattr(client.loop.store, "get", away)
        answer = await client.send("GET", body["links"]["self"])
        assert (answer.status, (await answer.json())["status"]) == (200, "pending")
