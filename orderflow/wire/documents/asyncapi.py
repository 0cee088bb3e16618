"""The AsyncAPI 3.0 document of the four topics, from the point of view of this service."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import orjson

from orderflow.domain.limits import Id
from orderflow.wire.documents.catalogue import KINDS, Kind
from orderflow.wire.documents.schemas import Schema, Schemas
from orderflow.wire.records import Message, Topic

KAFKA_BINDING = "0.5.0"

_CHANNELS = {
    Topic.COMMANDS: "What is asked of orders. The key has to be the order id, hashed as Java clients do (murmur2).",
    Topic.EVENTS: "One CloudEvent for each change of an order, in order; drop repeats by `event_id`.",
    Topic.OUTCOMES: "What became of each command, rejections included; repeats differ in `replayed` only.",
    Topic.DEAD_LETTERS: "Records that nobody could read: key, value, timestamp and headers as they came.",
}
_OPERATIONS = {
    "receive_commands": (Topic.COMMANDS, "receive", "Apply commands, each once, and answer with its outcome"),
    "send_events": (Topic.EVENTS, "send", "Announce changes"),
    "send_outcomes": (Topic.OUTCOMES, "send", "Tell what became of commands"),
    "send_dead_letters": (Topic.DEAD_LETTERS, "send", "Set records aside that nobody could read"),
}


def asyncapi(bindings: Mapping[Topic, Schema], prefix: str = "") -> Schema:
    """`bindings`: how each topic is set up on Kafka; `prefix` stands before their names."""
    schemas = Schemas(
        taken=[Id, *(kind.payload for kind in KINDS if kind.mode == "validation")],
        sent=[said for kind in KINDS for said in (kind.payload, kind.headers)],
        template="#/components/schemas/{model}",
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "orderflow",
            "version": version("orderflow"),
            "description": "Orders on Kafka: commands in, one effect each, events and outcomes out.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.value: _channel(topic, bindings[topic], prefix) for topic in Topic},
        "operations": {name: _operation(*said) for name, said in _OPERATIONS.items()},
        "components": {
            "messages": {kind.name: _message(kind, schemas) for kind in KINDS},
            "schemas": schemas.definitions,
        },
    }


def _channel(topic: Topic, binding: Schema, prefix: str) -> Schema:
    return {
        "address": f"{prefix}{topic}",
        "description": _CHANNELS[topic],
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"} for kind in _kinds(topic)},
        "bindings": {"kafka": {"topic": f"{prefix}{topic}", **binding, "bindingVersion": KAFKA_BINDING}},
    }


def _operation(topic: Topic, action: str, summary: str) -> Schema:
    answered = topic is Topic.COMMANDS
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": summary,
        "messages": _references(topic),
        **({"reply": {"channel": {"$ref": f"#/channels/{Topic.OUTCOMES}"}}} if answered else {}),
    }


def _references(topic: Topic) -> list[Schema]:
    return [{"$ref": f"#/channels/{topic}/messages/{kind.name}"} for kind in _kinds(topic)]


def _message(kind: Kind, schemas: Schemas) -> Schema:
    payload = schemas.taken(kind.payload) if kind.mode == "validation" else schemas.sent(kind.payload)
    as_it_came = kind.topic is Topic.DEAD_LETTERS
    return {
        "name": kind.name,
        "contentType": "application/octet-stream" if as_it_came else "application/json",
        "headers": schemas.sent(kind.headers),
        "payload": payload,
        **({} if as_it_came else {"correlationId": {"location": _correlation(kind.topic)}}),
        "bindings": {"kafka": {"key": {} if as_it_came else schemas.taken(Id), "bindingVersion": KAFKA_BINDING}},
        **({"examples": [_example(message) for message in kind.examples]} if kind.examples else {}),
    }


def _correlation(topic: Topic) -> str:
    """Where a message names the command that it is or that caused it."""
    return "$message.payload#/command_id" if topic is Topic.COMMANDS else "$message.header#/ce_causationid"


def _example(message: Message) -> Schema:
    headers: dict[str, Any] = {name: value.decode() for name, value in message.headers}
    return {**({"headers": headers} if headers else {}), "payload": orjson.loads(message.value or b"null")}


def _kinds(topic: Topic) -> list[Kind]:
    return [kind for kind in KINDS if kind.topic == topic]
