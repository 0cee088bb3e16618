from orderflow.access.principal import Principal, Scope
from tests.unit.counted import counted
from tests.unit.facade_loop import Loop, running


async def test_the_statistics_are_the_sum_of_all_partitions() -> None:
    async with running(await counted(Loop(), 0, 1)) as client:
        body = await (await client.send("GET", "/stats")).json()
    assert (body["by_state"]["confirmed"], body["total"], body["complete"]) == (4, 4, True)
    assert body["as_of"] == "2026-01-01T12:00:00Z"


async def test_a_partition_that_nobody_counts_is_missed() -> None:
    async with running(await counted(Loop(), 1)) as client:
        body = await (await client.send("GET", "/stats")).json()
    assert (body["total"], body["complete"]) == (2, False)


async def test_the_counts_of_one_client() -> None:
    async with running(await counted(Loop(), 0, 1)) as client:
        body = await (await client.send("GET", "/stats?client_id=client-2")).json()
        unknown = await (await client.send("GET", "/stats?client_id=client-9")).json()
    assert (body["by_state"]["confirmed"], body["total"], body["complete"]) == (2, 2, True)
    assert body.keys() == {"by_state", "total", "complete", "as_of"}
    assert unknown["total"] == 0


async def test_who_is_bound_to_a_client_sees_its_counts_only() -> None:
    bound = Principal(name="one", scopes=frozenset({Scope.READ}), client_id="client-1")
    async with running(await counted(Loop(), 0, 1), principal=bound) as client:
        body = await (await client.send("GET", "/stats")).json()
        refused = await client.send("GET", "/stats?client_id=client-2")
    assert (body["total"], refused.status) == (2, 403)
    assert "stuck_orders" not in body


async def test_without_redis_there_are_no_statistics() -> None:
    loop = Loop()
    loop.statistics.away = True
    async with running(loop) as client:
        for path in ("/stats", "/stats?client_id=client-1"):
            answer = await client.send("GET", path)
            assert (answer.status, (await answer.json())["type"]) == (503, "unavailable")


async def test_a_parameter_that_means_nothing_is_refused() -> None:
    async with running(Loop()) as client:
        answer = await client.send("GET", "/stats?client=client-1")
    assert answer.status == 422
