import pytest

from tests.unit.facade_loop import ORDER, Loop, running
from web.access.loopback import LoopbackGate

OURS = ["127.0.0.1:8080", "127.0.0.2", "localhost", "LocalHost:1", "[::1]:8080"]
OTHERS = ["evil.example:8080", "localhost.evil.example", "192.168.0.1", "[::2]", "127.0.0.1.evil.example", "[", ""]


@pytest.mark.parametrize("host", OURS)
async def test_who_names_this_machine_is_served(host: str) -> None:
    async with running(Loop(), gate=LoopbackGate()) as client:
        assert (await client.send("POST", "/orders", json=ORDER, headers={"Host": host})).status == 201


@pytest.mark.parametrize("host", OTHERS)
async def test_a_name_that_somebody_let_point_here_is_refused(host: str) -> None:
    async with running(Loop(), gate=LoopbackGate()) as client:
        answer = await client.send("POST", "/orders", json=ORDER, headers={"Host": host})
        assert (answer.status, (await answer.json())["type"]) == (403, "forbidden")
        assert client.loop.taken == []
        assert (await client.send("GET", "/livez", headers={"Host": host})).status == 200
