"""When the client tries again, and when it does not."""

import pytest

from orderflow.client import (
    ConflictError,
    ForbiddenError,
    OrderflowClient,
    OrderflowError,
    RateLimitedError,
    UnauthenticatedError,
    UnavailableError,
    UnreachableError,
)
from tests.unit.played_facade import Played, played, problem
from tests.unit.test_client import ITEMS

ORDER = Played(201, {"order_id": "ord_1", "state": "created"})
PENDING = Played(202, {"order_id": "ord_1", "command_id": "cmd_1", "status": "pending"}, {"Retry-After": "0"})
STILL = Played(200, PENDING.body, {"Retry-After": "0"})
APPLIED = Played(200, {"order_id": "ord_1", "command_id": "cmd_1", "status": "applied"})


async def create(url: str, **options: object) -> object:
    async with OrderflowClient(url, timeout=5.0) as orderflow:
        return await orderflow.create(client_id="client-1", items=ITEMS, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "passing",
    [
        problem("not-accepted", 503, retry_after=0),
        problem("delivery-unknown", 503, retry_after=0),
        problem("rate-limited", 429, retry_after=0),
        problem("idempotency-in-progress", 409, retry_after=0),
        Played(502, "<html>a proxy's</html>"),
    ],
)
async def test_what_passes_is_tried_again_under_the_same_key(passing: Played) -> None:
    async with played(passing, passing, ORDER) as facade:
        await create(facade.url)
    keys = facade.sent("Idempotency-Key")
    assert len(keys) == 3
    assert keys[0]
    assert len(set(keys)) == len(set(facade.bodies)) == 1


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (problem("transition-not-allowed", 409), ConflictError),
        (problem("unauthenticated", 401), UnauthenticatedError),
        (problem("forbidden", 403), ForbiddenError),
        (problem("malformed-json", 400), OrderflowError),
        (problem("internal-error", 500), OrderflowError),
        (Played(302, "", {"Location": "http://elsewhere/"}), OrderflowError),
        (Played(200, "not JSON"), OrderflowError),
    ],
)
async def test_anything_else_is_told_at_once(answer: Played, raised: type[OrderflowError]) -> None:
    async with played(answer) as facade:
        with pytest.raises(raised) as error:
            await create(facade.url)
    assert type(error.value) is raised
    assert error.value.problem["status"] == answer.status
    assert len(facade.asked) == 1


@pytest.mark.parametrize(
    ("slug", "status", "raised"), [("rate-limited", 429, RateLimitedError), ("unavailable", 503, UnavailableError)]
)
async def test_whoever_is_asked_to_come_back_too_late_does_not_wait(
    slug: str, status: int, raised: type[OrderflowError]
) -> None:
    async with played(problem(slug, status, retry_after=60)) as facade:
        with pytest.raises(raised) as error:
            await create(facade.url)
    assert error.value.retry_after == 60
    assert len(facade.asked) == 1


async def test_where_nobody_answers_it_ends_with_its_time(unused_tcp_port: int) -> None:
    async with OrderflowClient(f"http://127.0.0.1:{unused_tcp_port}", timeout=1) as orderflow:
        with pytest.raises(UnreachableError, match="ClientConnectorError"):
            await orderflow.get("ord_1")


async def test_an_outcome_is_asked_for_until_it_is_there() -> None:
    async with played(PENDING, STILL, STILL, APPLIED, ORDER) as facade:
        assert await create(facade.url) == ORDER.body
    first, *looks, last = facade.asked
    assert {look.path for look in looks} == {"/orders/ord_1/commands/cmd_1"}
    assert len(looks) == 3
    assert (first.path, facade.bodies[0]) == (last.path, facade.bodies[-1])
    assert first.headers["Idempotency-Key"] == last.headers["Idempotency-Key"]


async def test_a_command_that_is_forgotten_meanwhile_is_sent_again() -> None:
    async with played(PENDING, problem("command-not-found", 404), ORDER) as facade:
        assert await create(facade.url) == ORDER.body


async def test_the_facade_is_asked_to_wait_for_less_than_the_call_may_take() -> None:
    async with played(ORDER) as facade:
        await create(facade.url)
        await create(facade.url, wait=100)
        await create(facade.url, wait=0.5)
    assert facade.sent("Prefer") == ["wait=3", "wait=30", "wait=0"]


async def test_credentials_are_sent_and_shown_nowhere() -> None:
    async def token() -> str:
        return "t0ken"

    async with (
        played(problem("unauthenticated", 401)) as facade,
        OrderflowClient(facade.url, api_key="s3cret") as keyed,
        OrderflowClient(facade.url, token=token) as bearer,
    ):
        for client in (keyed, bearer):
            with pytest.raises(UnauthenticatedError) as error:
                await client.get("ord_1")
            assert "s3cret" not in f"{client!r} {error.value!r} {error.value}"
    assert facade.sent("X-API-Key") == ["s3cret", None]
    assert facade.sent("Authorization") == [None, "Bearer t0ken"]
