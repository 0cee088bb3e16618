"""Dead letters over HTTP: the same desk as the command line's."""

import json
from collections.abc import AsyncIterator

import pytest

from orderflow.wire.commands import Stage
from orderflow.wire.letters import LetterId
from orderflow.wire.records import Message, Topic
from tests.letters import Post, command_record
from tests.unit.facade_loop import Client, Loop, running

LETTERS = "/admin/dead-letters"


@pytest.fixture
async def post() -> Post:
    return Post()


@pytest.fixture
async def client(post: Post) -> AsyncIterator[Client]:
    async with running(Loop(letters=post)) as client:
        yield client


async def test_letters_are_listed_page_by_page(client: Client, post: Post) -> None:
    for number in range(5):
        post.receive(command_record(number), number % 2, stage=Stage.APPLY)
    post.receive(command_record(9), stage=Stage.DECODE)
    seen, cursor = [], ""
    while cursor is not None:
        answer = await client.send("GET", f"{LETTERS}?stage=apply&limit=2{cursor and '&cursor=' + cursor}")
        body = await answer.json()
        seen.append([letter["id"] for letter in body["dead_letters"]])
        cursor = body["next_cursor"]
    assert seen == [["0-0", "0-1"], ["0-2", "1-0"], ["1-1"]]


async def test_a_letter_is_shown_whole(client: Client, post: Post) -> None:
    text = post.receive(command_record(3, headers=(("h", b"v"), ("b", b"\xff"))))
    raw = post.receive(command_record(4, value=b"\xff"))
    shown = await (await client.send("GET", f"{LETTERS}/{text}")).json()
    assert shown == {
        "id": "0-0",
        "at": "2026-01-01T12:00:00Z",
        "stage": "decode",
        "key": "ord_1",
        "error_class": "MalformedJson",
        "error_message": "Invalid JSON",
        "replays": 0,
        "origin": {"topic": "x.order_commands", "partition": 1, "offset": 3},
        "timestamp": 1_767_268_800_003,
        "group": "x.orderflow-worker",
        "headers": [
            {"name": "h", "value": "v", "encoding": "utf-8"},
            {"name": "b", "value": "/w==", "encoding": "base64"},
        ],
        "value": "not json",
        "encoding": "utf-8",
    }
    assert (await (await client.send("GET", f"{LETTERS}/{raw}")).json())["value"] == "/w=="


@pytest.mark.parametrize("name", ["7-7", "0-99", "replays", "x", "1-2-3", "%FF-1"])
async def test_a_letter_that_is_not_there_is_not_found(client: Client, name: str) -> None:
    answer = await client.send("GET", f"{LETTERS}/{name}")
    assert (answer.status, (await answer.json())["type"]) == (404, "dead-letter-not-found")


async def test_letters_are_replayed_by_name_and_by_filter(client: Client, post: Post) -> None:
    named = post.receive(command_record(0, key=b"a"))
    post.receive(command_record(1, key=b"b"), stage=Stage.APPLY)
    planned = await client.send("POST", f"{LETTERS}/replay", json={"all": True, "dry_run": True})
    assert (await planned.json()).items() >= {"dry_run": True, "planned": 2, "replayed": 0}.items()
    first = await client.send("POST", f"{LETTERS}/replay", json={"ids": [str(named)]})
    second = await client.send("POST", f"{LETTERS}/replay", json={"stage": "apply", "since": "2025-01-01"})
    counts = {"replayed": 1, "skipped": 0, "failed": 0, "failures": []}.items()
    assert (await first.json()).items() >= counts
    assert (await second.json()).items() >= counts
    assert [message.key for message in post.put_back] == [b"a", b"b"]


async def test_replayed_too_often_or_foreign_is_said(client: Client, post: Post) -> None:
    post.receive(command_record(0, headers=(("x-dlq-replays", b"3"),)))
    foreign = post.append(Message(topic=Topic.DEAD_LETTERS, key=b"k", value=b"v"))
    body = await (await client.send("POST", f"{LETTERS}/replay", json={"all": True})).json()
    assert (body["replayed"], body["skipped"], body["failed"]) == (0, 1, 1)
    assert body["failures"][0]["id"] == str(foreign)
    forced = await client.send("POST", f"{LETTERS}/replay", json={"all": True, "force": True})
    assert (await forced.json())["replayed"] == 1


async def test_letters_are_purged(client: Client, post: Post) -> None:
    for number, stage in enumerate(("decode", "apply", "decode")):
        post.receive(command_record(number), stage=Stage(stage))
    planned = await client.send("POST", f"{LETTERS}/purge", json={"stage": "decode", "dry_run": True})
    done = await client.send("POST", f"{LETTERS}/purge", json={"stage": "decode"})
    assert await planned.json() == {"dry_run": True, "purged": 1, "held_back": 1}
    assert await done.json() == {"dry_run": False, "purged": 1, "held_back": 1}
    assert (await post.log.bounds())[0] == (1, 3)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "stage=gone", "since=soon", "until=2w", "cursor=x", "page=1", "key=a&key=b"]
)
async def test_a_bad_query_names_its_parameter(client: Client, query: str) -> None:
    answer = await client.send("GET", f"{LETTERS}?{query}")
    problem = await answer.json()
    assert (answer.status, problem["type"]) == (422, "validation")
    assert problem["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#"),
        ({"force": True}, "#"),
        ({"ids": ["3"]}, "#/ids/0"),
        ({"ids": [LetterId(1, 2)]}, "#/ids/0"),
        ({"ids": ["0-0"] * 1_001}, "#/ids"),
        ({"stage": "gone"}, "#/stage"),
        ({"since": "soon"}, "#/since"),
        ({"until": ""}, "#/until"),
        ({"all": "yes"}, "#/all"),
        ({"all": True, "limit": 5}, "#/limit"),
        ([], "#"),
    ],
)
async def test_a_bad_body_names_its_field(client: Client, body: object, pointer: str) -> None:
    answer = await client.send("POST", f"{LETTERS}/replay", json=body)
    problem = await answer.json()
    assert (answer.status, problem["type"]) == (422, "validation")
    assert problem["errors"][0]["pointer"] == pointer


async def test_replay_and_purge_read_strictly(client: Client) -> None:
    for operation in ("replay", "purge"):
        malformed = await client.send(
            "POST", f"{LETTERS}/{operation}", data=b"{", headers={"Content-Type": "application/json"}
        )
        assert (malformed.status, json.loads(await malformed.read())["type"]) == (400, "malformed-json")


@pytest.mark.parametrize("operation", ["replay", "purge"])
@pytest.mark.parametrize("said", [{}, {"Content-Type": "text/plain"}])
async def test_what_a_page_of_another_site_could_send_is_refused(
    client: Client, post: Post, operation: str, said: dict[str, str]
) -> None:
    post.receive(command_record(0))
    answer = await client.send(
        "POST", f"{LETTERS}/{operation}", data=b'{"all": true}', headers=said, skip_auto_headers=["Content-Type"]
    )
    assert (answer.status, (await answer.json())["type"]) == (415, "unsupported-media-type")
    assert (post.put_back, (await post.log.bounds())[0]) == ([], (0, 1))


async def test_an_unknown_id_is_not_found_before_anything_is_done(client: Client, post: Post) -> None:
    known = post.receive(command_record(0))
    answer = await client.send("POST", f"{LETTERS}/replay", json={"ids": [str(known), "0-5"]})
    assert (answer.status, (await answer.json())["type"]) == (404, "dead-letter-not-found")
    assert post.put_back == []


async def test_without_kafka_dead_letters_are_unavailable() -> None:
    async with running(Loop(ready=False)) as client:
        answer = await client.send("GET", LETTERS)
        assert (answer.status, (await answer.json())["type"]) == (503, "unavailable")
        assert answer.headers["Retry-After"]
