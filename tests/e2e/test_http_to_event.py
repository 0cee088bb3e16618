from aiohttp import ClientSession

from orderflow.wire.records import Topic
from tests.collector import Collector, collecting
from tests.documented import documented
from tests.e2e.deployment import Deployment, json_of
from tests.eventually import eventually

ORDER = {"client_id": "client-123", "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]}

OURS = {"POST /orders", "send order_commands", "process order_commands"}
OF_SERVERS = {"mongodb save", "redis refresh", "kafka announce", "kafka report"}


async def test_an_order_is_created_listed_moved_and_announced_in_traces(deployment: Deployment) -> None:
    async with collecting() as collector:
        deployment.environment |= collector.environment
        await _travels(deployment, collector)


async def _travels(deployment: Deployment, collector: Collector) -> None:
    await deployment.worker()
    web = await deployment.web()
    async with ClientSession(web.url, middlewares=(documented,)) as client:
        async with client.post("/orders", json=ORDER) as answer:
            assert answer.status == 201
            trace_id = answer.headers["traceresponse"].split("-")[1]
            order = await answer.json()
            assert answer.headers["Location"] == f"/orders/{order['order_id']}"
        async with client.get("/orders", params={"client_id": "client-123", "state": "created"}) as answer:
            assert answer.status == 200
            assert [listed["order_id"] for listed in (await answer.json())["orders"]] == [order["order_id"]]
        async with client.put(f"/orders/{order['order_id']}/state", json={"new_state": "in_transit"}) as answer:
            assert answer.status == 200
            assert (await answer.json())["state"] == "in_transit"
        async with client.get("/orders", params={"client_id": "client-123", "state": "created"}) as answer:
            assert (await answer.json())["orders"] == []
        async with client.get("/orders", headers={"Host": "rebound.example"}) as answer:
            assert answer.status == 403

    events = await deployment.read(Topic.EVENTS, lambda records: len(records) == 2)

    assert [json_of(event)["event_id"] for event in events] == [f"{order['order_id']}:1", f"{order['order_id']}:2"]
    headers = dict(events[1].headers)
    assert headers["ce_type"] == b"order.state_changed"
    assert headers["ce_sequence"] == b"0000000002"
    assert headers["ce_subject"] == order["order_id"].encode()
    assert dict(events[0].headers)["traceparent"].split(b"-")[1] == trace_id.encode()
    await eventually(lambda: collector.names(trace_id) >= OURS | OF_SERVERS)
