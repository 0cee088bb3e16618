"""A facade that asks who asks: keys come and go on the command line, and nobody gets round them."""

import asyncio
import json
import time

from tests.e2e.deployment import Deployment, orderflow
from tests.eventually import eventually
from tests.http_answers import ask

ORDER = {"client_id": "client-1", "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]}
SLOW_SECONDS = 10.0
"""What docs/api.md says a connection has for its headers, and a revocation until it has taken effect."""


async def test_a_key_works_until_it_is_revoked(deployment: Deployment) -> None:
    facade = deployment.start_web(ORDERFLOW_AUTH="on", ORDERFLOW_RATE_LIMIT="1000")
    await eventually(facade.ready, within=30)
    scopes = ("--scope", "orders:read", "--scope", "orders:write")
    made = await orderflow(deployment, "keys", "create", "--name", "shop", *scopes, "--client", "client-1", "--json")
    assert made.returncode == 0, made.stderr
    key, key_id = (json.loads(made.stdout)[name] for name in ("key", "id"))

    async def asked(method: str, path: str, **options: object) -> int:
        return (await ask(method, f"{facade.url}{path}", headers={"Authorization": f"Bearer {key}"}, **options)).status

    assert (await ask("GET", f"{facade.url}/orders?client_id=client-1")).status == 401
    assert await asked("GET", "/orders?client_id=client-1") == 200
    assert await asked("POST", "/orders", json=ORDER | {"client_id": "client-2"}) == 403
    assert await asked("GET", "/admin/dead-letters") == 403
    listed = await orderflow(deployment, "keys", "list")
    assert key_id in listed.stdout.decode()
    assert key.rpartition("_")[2] not in listed.stdout.decode()
    assert (await orderflow(deployment, "keys", "revoke", key_id)).returncode == 0
    revoked = time.monotonic()

    async def is_out() -> bool:
        return await asked("GET", "/orders?client_id=client-1") == 401

    await eventually(is_out, within=SLOW_SECONDS + 5)
    assert time.monotonic() - revoked < SLOW_SECONDS + 2
    assert (await orderflow(deployment, "keys", "revoke", "0" * 16)).returncode == 1
    assert key not in facade.log.read_text()


async def test_slow_clients_are_cut_off_while_others_are_served(deployment: Deployment) -> None:
    facade = await deployment.web()
    port = int(facade.url.rpartition(":")[2])
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
    for _, writer in slow:
        writer.write(b"GET /orders HTTP/1.1\r\nHost: h\r\n")
    started = time.monotonic()
    over = asyncio.gather(*(reader.read() for reader, _ in slow))
    while not over.done():
        assert (await ask("GET", f"{facade.url}/livez", seconds=5)).status == 200
        await asyncio.wait([over], timeout=0.5)
        assert time.monotonic() - started < SLOW_SECONDS + 5
    assert set(await over) == {b""}
    for _, writer in slow:
        writer.close()


async def test_a_facade_for_everybody_without_authentication_does_not_start(deployment: Deployment) -> None:
    deployment.environment["ORDERFLOW_HTTP_HOST"] = "0.0.0.0"  # noqa: S104 - which is the point
    ended = await orderflow(deployment, "web")
    assert ended.returncode == 1
    [line] = ended.stderr.decode().splitlines()
    assert line.startswith("Error: ORDERFLOW_HTTP_HOST=0.0.0.0 ")
    assert not ended.stdout
