import orjson

from orderflow.wire.records import Topic
from tests.e2e.deployment import CREATE, Deployment, json_of


async def test_an_unreadable_record_is_set_aside_and_the_next_on_its_partition_is_applied(
    deployment: Deployment,
) -> None:
    await deployment.worker()

    await deployment.produce(("ord_1", b"not json"), ("ord_1", orjson.dumps(CREATE)))

    [letter] = await deployment.read(Topic.DEAD_LETTERS, lambda records: len(records) == 1)
    assert (letter.key, letter.value) == (b"ord_1", b"not json")
    assert dict(letter.headers)["x-dlq-stage"] == b"decode"
    assert dict(letter.headers)["x-dlq-offset"] == b"0"
    [outcome] = await deployment.read(Topic.OUTCOMES, lambda records: len(records) == 1)
    assert json_of(outcome)["status"] == "applied"


async def test_a_record_under_a_foreign_key_or_beyond_a_limit_gets_a_rejected_outcome(deployment: Deployment) -> None:
    await deployment.worker()

    await deployment.produce(
        ("ord_2", orjson.dumps(CREATE)),
        ("ord_1", orjson.dumps(CREATE | {"items": []})),
        ("ord_1", orjson.dumps(CREATE | {"type": "launch_order"})),
    )

    outcomes = [json_of(record) for record in await deployment.read(Topic.OUTCOMES, lambda found: len(found) == 3)]
    assert {outcome["status"] for outcome in outcomes} == {"rejected"}
    assert sorted(outcome["error"]["type"] for outcome in outcomes) == ["key-mismatch", "validation", "validation"]
