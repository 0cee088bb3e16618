"""Every kind of message on the topics: its types, and an example of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from orderflow.domain.commands import Command
from orderflow.wire import event_shapes, shapes
from orderflow.wire.commands import encode_command
from orderflow.wire.documents.examples import LIFE
from orderflow.wire.documents.record_headers import CommandHeaders, DeadLetterHeaders, EventHeaders, OutcomeHeaders
from orderflow.wire.documents.schemas import Mode, Schema, schema_of
from orderflow.wire.events import event_message
from orderflow.wire.outcomes import encode_outcome, outcome_message
from orderflow.wire.records import Message, Topic

SOURCE = "orderflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`payload` and `headers` are the types of a message's value and headers."""

    topic: Topic
    name: str
    payload: Any
    headers: Any
    mode: Mode = "serialization"
    examples: tuple[Message, ...] = ()

    @property
    def schema(self) -> Schema:
        return schema_of(self.payload, self.mode)

    @property
    def header_schema(self) -> Schema:
        return schema_of(self.headers, "serialization")


def _kinds() -> Iterator[Kind]:
    yield from (_command(kind) for kind in get_args(Command))
    yield from (_event(shape) for shape in get_args(event_shapes.Event))
    outcomes = tuple(outcome_message(step.outcome, encode_outcome(step.outcome), cached=True) for step in LIFE)
    yield Kind(topic=Topic.OUTCOMES, name="outcome", payload=shapes.Outcome, headers=OutcomeHeaders, examples=outcomes)
    yield Kind(topic=Topic.DEAD_LETTERS, name="dead_letter", payload=Any, headers=DeadLetterHeaders)


def _command(kind: Any) -> Kind:  # noqa: ANN401 - a command's class
    commands = [step.command for step in LIFE if isinstance(step.command, kind)]
    examples = tuple(
        Message(topic=Topic.COMMANDS, key=command.order_id.encode(), value=encode_command(command))
        for command in commands
    )
    return Kind(
        topic=Topic.COMMANDS,
        name=_type_of(kind),
        payload=kind,
        headers=CommandHeaders,
        mode="validation",
        examples=examples,
    )


def _event(shape: Any) -> Kind:  # noqa: ANN401 - a shape
    name = _type_of(shape)
    examples = tuple(event_message(step.change, SOURCE) for step in LIFE if step.change.event.type == name)
    return Kind(topic=Topic.EVENTS, name=name, payload=shape, headers=EventHeaders, examples=examples)


def _type_of(said: Any) -> str:  # noqa: ANN401 - a command's class or an event's shape
    """The only `type` that it can have."""
    (name,) = get_args(get_type_hints(said)["type"])
    return str(name)


KINDS = tuple(_kinds())
