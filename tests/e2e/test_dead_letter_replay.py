"""Dead letters put back onto the command topic, from the command line and over HTTP, with a worker that reads them."""

import orjson
import pytest
from aiohttp import ClientSession

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.wire.records import Topic
from tests.documented import documented
from tests.e2e.deployment import CREATE, PARTITIONS, Deployment, json_of, orderflow


def last_line(output: bytes) -> str:
    return output.decode().splitlines()[-1]


async def replays(deployment: Deployment, letters: int) -> list[bytes]:
    """Of so many dead letters, which is how many there come to be."""
    found = await deployment.read(Topic.DEAD_LETTERS, lambda records: len(records) >= letters)
    return [dict(letter.headers)["x-dlq-replays"] for letter in found]


async def forge_letter(deployment: Deployment, command: dict[str, object]) -> None:
    """A dead letter of a command that is fine, as after a bug that was mended."""
    why = {"topic": deployment.name(Topic.COMMANDS), "partition": "0", "offset": "0", "stage": "apply"}
    await deployment.produce(
        (str(command["order_id"]), orjson.dumps(command)),
        topic=Topic.DEAD_LETTERS,
        headers=[("traceparent", b"t"), *((f"x-dlq-{name}", value.encode()) for name, value in why.items())],
    )


async def test_a_record_that_fails_again_comes_back_and_stops_after_three_replays(deployment: Deployment) -> None:
    await deployment.worker()
    await deployment.produce(("ord_1", b"not json"), headers=[("h", b"v")])
    assert await replays(deployment, 1) == [b"0"]

    for count in (1, 2, 3):
        done = await orderflow(deployment, "dlq", "replay", "--all")
        assert done.returncode == 0, done.stderr
        assert last_line(done.stdout) == "replayed 1, skipped 0 (replayed 3 times already), failed 0"
        assert (await replays(deployment, count + 1))[-1] == b"%d" % count

    stopped = await orderflow(deployment, "dlq", "replay", "--stage", "decode")
    assert last_line(stopped.stdout) == "replayed 0, skipped 1 (replayed 3 times already), failed 0"
    forced = await orderflow(deployment, "dlq", "replay", f"{partition_of(b'ord_1', PARTITIONS)}-3", "--force")
    assert last_line(forced.stdout) == "replayed 1, skipped 0 (replayed 3 times already), failed 0"
    assert await replays(deployment, 5) == [b"0", b"1", b"2", b"3", b"4"]
    letters = await deployment.read(Topic.DEAD_LETTERS, lambda records: len(records) >= 5)
    assert {(letter.key, letter.value, dict(letter.headers)["h"]) for letter in letters} == {
        (b"ord_1", b"not json", b"v")
    }


async def test_a_letter_whose_record_is_fine_is_applied_once_however_often_it_is_replayed(
    deployment: Deployment,
) -> None:
    await deployment.worker()
    await forge_letter(deployment, CREATE)

    planned = await orderflow(deployment, "dlq", "replay", "--key", "ord_1", "--dry-run")
    assert last_line(planned.stdout) == "would replay 1, skipped 0 (replayed 3 times already), failed 0"
    for _ in range(2):
        done = await orderflow(deployment, "dlq", "replay", "--key", "ord_1")
        assert last_line(done.stdout).startswith("replayed 1, ")

    outcomes = await deployment.read(Topic.OUTCOMES, lambda records: len(records) >= 2)
    assert [json_of(outcome)["replayed"] for outcome in outcomes] == [False, True]
    assert len(await deployment.read(Topic.EVENTS, lambda records: len(records) >= 1)) == 1
    [first, _] = await deployment.read(Topic.COMMANDS, lambda records: len(records) >= 2)
    assert first.headers == (("traceparent", b"t"), ("x-dlq-replays", b"1"))


async def test_letters_are_listed_shown_and_refused_by_the_command_line(deployment: Deployment) -> None:
    await deployment.worker()
    await deployment.produce(("ord_1", b"\x1b[31mred \xff"))
    await replays(deployment, 1)
    await deployment.produce(("ord_1", b"written by hand"), topic=Topic.DEAD_LETTERS)
    partition = partition_of(b"ord_1", PARTITIONS)

    listed = await orderflow(deployment, "dlq", "list", "--json")
    table = await orderflow(deployment, "dlq", "list")
    shown = await orderflow(deployment, "dlq", "show", f"{partition}-0")
    missing = await orderflow(deployment, "dlq", "show", "0-999")
    replayed = await orderflow(deployment, "dlq", "replay", f"{partition}-1")
    nothing_named = await orderflow(deployment, "dlq", "replay")

    assert [(letter["id"], letter["stage"]) for letter in map(orjson.loads, listed.stdout.splitlines())] == [
        (f"{partition}-0", "decode"),
        (f"{partition}-1", None),
    ]
    assert b"?" in table.stdout
    assert rb"\x1b[31mred \xff" in shown.stdout
    assert (missing.returncode, missing.stderr) == (1, b"Error: there is no dead letter 0-999\n")
    assert (replayed.returncode, last_line(replayed.stdout)) == (
        1,
        "replayed 0, skipped 0 (replayed 3 times already), failed 1",
    )
    assert b"do not say where it came from" in replayed.stderr
    assert (nothing_named.returncode, b"--all" in nothing_named.stderr) == (2, True)


@pytest.mark.apache_kafka
async def test_a_purge_asks_and_then_deletes(deployment: Deployment) -> None:
    await deployment.worker()
    await deployment.produce(("ord_1", b"not json"), ("ord_1", b"{}"))
    await replays(deployment, 2)

    planned = await orderflow(deployment, "dlq", "purge", "--stage", "validate", "--dry-run")
    declined = await orderflow(deployment, "dlq", "purge", "--stage", "decode", given=b"n\n")
    purged = await orderflow(deployment, "dlq", "purge", "--stage", "decode", "--yes")
    left = await orderflow(deployment, "dlq", "list", "--json")

    assert last_line(planned.stdout) == "would purge 0, hold back 1"
    assert (declined.returncode, b"purged" in declined.stdout) == (1, False)
    assert last_line(purged.stdout) == "purged 1, held back 0"
    assert orjson.loads(left.stdout)["stage"] == "validate"


@pytest.mark.apache_kafka
async def test_an_operator_does_the_same_over_http(deployment: Deployment) -> None:
    await deployment.worker()
    web = await deployment.web()
    await forge_letter(deployment, CREATE)
    async with ClientSession(web.url, middlewares=(documented,)) as client:
        async with client.get("/admin/dead-letters", params={"stage": "apply"}) as answer:
            [letter] = (await answer.json())["dead_letters"]
            assert letter["key"] == "ord_1"
        async with client.get(f"/admin/dead-letters/{letter['id']}") as answer:
            assert orjson.loads((await answer.json())["value"]) == CREATE
        async with client.post("/admin/dead-letters/replay", json={"ids": [letter["id"]]}) as answer:
            assert (await answer.json())["replayed"] == 1
        await deployment.read(Topic.OUTCOMES, lambda records: len(records) >= 1)
        async with client.get("/orders/ord_1") as answer:
            assert answer.status == 200
        async with client.post("/admin/dead-letters/purge", json={"all": True}) as answer:
            assert await answer.json() == {"dry_run": False, "purged": 1, "held_back": 0}
        async with client.get(f"/admin/dead-letters/{letter['id']}") as answer:
            assert answer.status == 404
