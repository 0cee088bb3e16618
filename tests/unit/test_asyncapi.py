"""The AsyncAPI document and the schemas of records: valid, current, and true of the examples that they show."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator, ValidationError

from orderflow.settings import Settings
from orderflow.streaming.topic_bindings import encode_asyncapi
from orderflow.wire.documents.catalogue import KINDS, Kind
from orderflow.wire.documents.files import schema_files, write
from orderflow.wire.records import Message, Topic
from tests.documented import check_record
from tests.unit.facade_loop import Loop, running

HERE = Path(__file__).parents[2]
OFFICIAL = Draft7Validator(json.loads((HERE / "tests/asyncapi/3.0.0.json").read_bytes()))
DOCUMENT: dict[str, Any] = json.loads(encode_asyncapi(Settings(_env_file=None, topic_prefix="shop.", partitions=4)))


def test_the_document_is_valid_by_the_official_schema() -> None:
    OFFICIAL.validate(DOCUMENT)


@pytest.mark.parametrize("part", ["info", "channels", "operations"])
def test_a_document_that_is_not_valid_is_told(part: str) -> None:
    with pytest.raises(ValidationError):
        OFFICIAL.validate(DOCUMENT | {part: {"order_commands": {"address": 1, "action": "look"}}})


def test_the_document_shows_the_topics_of_this_deployment() -> None:
    channel = DOCUMENT["channels"]["order_commands"]
    binding = channel["bindings"]["kafka"]
    assert (channel["address"], binding["topic"], binding["partitions"]) == (*["shop.order_commands"] * 2, 4)
    assert binding["topicConfiguration"]["message.timestamp.type"] == "LogAppendTime"


def test_commands_are_received_and_answered_by_outcomes() -> None:
    operation = DOCUMENT["operations"]["receive_commands"]
    assert (operation["action"], operation["reply"]["channel"]["$ref"]) == ("receive", "#/channels/order_outcomes")


async def test_the_document_is_served() -> None:
    async with running(Loop()) as client:
        served = await (await client.send("GET", "/asyncapi.json")).json()
    OFFICIAL.validate(served)
    assert served["channels"].keys() == set(Topic)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_message_has_examples_that_its_schemas_tell_of(kind: Kind) -> None:
    assert kind.examples or kind.topic is Topic.DEAD_LETTERS
    for message in kind.examples:
        check_record(kind.topic, message.value or b"", message.headers)


def test_a_record_that_no_schema_tells_of_is_seen() -> None:
    (message,) = next(kind.examples for kind in KINDS if kind.name == "order.created")
    for value, headers in _spoilt(message):
        with pytest.raises(ValidationError):
            check_record(Topic.EVENTS, value, headers)


def _spoilt(message: Message) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
    value, headers = json.loads(message.value or b""), list(message.headers)
    del_state = {name: said for name, said in value.items() if name != "state"}
    return [
        (json.dumps(value | {"colour": "red"}).encode(), headers),
        (json.dumps(value | {"occurred_at": "yesterday"}).encode(), headers),
        (json.dumps(del_state).encode(), headers),
        (message.value or b"", headers[1:]),
        (message.value or b"", [*headers, ("x-mystery", b"1")]),
    ]


def test_the_schema_files_are_current(tmp_path: Path) -> None:
    kept = HERE / "docs/schemas"
    assert {str(path.relative_to(kept)) for path in kept.rglob("*.json")} == schema_files().keys()
    write(tmp_path)
    for name in schema_files():
        assert (kept / name).read_bytes() == (tmp_path / name).read_bytes(), f"{name} is old: make schemas"
