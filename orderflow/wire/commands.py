"""Command records in: readable, invalid or unreadable. Commands out, as the facade and the importer write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated

from pydantic import Discriminator, TypeAdapter, ValidationError

from orderflow.domain import problems
from orderflow.domain.commands import Command, CommandType, CorrectOrder
from orderflow.domain.limits import MAX_RECORD_BYTES, MAX_TOTAL, Id
from orderflow.domain.order import Item, Location, total_of
from orderflow.domain.problems import Problem
from orderflow.domain.stored import Coordinates, Received
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.json import dumps
from orderflow.wire.problems import too_large
from orderflow.wire.records import Record
from orderflow.wire.validation import is_malformed, problem_of, validated


class Stage(StrEnum):
    """Where a record failed, as its dead letter says."""

    DECODE = "decode"
    VALIDATE = "validate"
    APPLY = "apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """A record that names its order and command but asks for nothing that could be done.

    Its `type` may be any text, so that of a stranger is cut.
    """

    order_id: str
    command_id: str
    type: str | None
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A record that names no order or command: a dead letter."""

    stage: Stage
    error_class: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    order_id: Id
    command_id: Id
    type: object = None


_TYPE_LENGTH = 128
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Discriminator("type")])
_ENVELOPE = TypeAdapter(_Envelope)
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def parse_command(value: bytes | str) -> Command:
    """Raises pydantic's ValidationError; unknown fields are ignored."""
    return validated(_COMMANDS, value)


def decode_command(record: Record, log: str) -> Received | Invalid | Unreadable:
    """Read one record of the command log named `log`."""
    if record.value is None:
        return Unreadable(stage=Stage.DECODE, error_class="EmptyRecord", reason="the record has no value")
    if len(record.value) > MAX_RECORD_BYTES:
        # The broker counts compressed bytes.
        return _named(record.value, too_large(MAX_RECORD_BYTES, "record"))
    try:
        command = parse_command(record.value)
    except ValidationError as error:
        return _invalid(record.value, error)
    problem = whole_problem(command)
    if problem is None and record.key != command.order_id.encode():
        problem = problems.key_mismatch(command.order_id)
    if problem:
        return Invalid(order_id=command.order_id, command_id=command.command_id, type=command.type, problem=problem)
    return Received(
        command=command,
        fingerprint=fingerprint_of(command),
        coordinates=Coordinates(log=log, partition=record.partition, offset=record.offset, timestamp=record.timestamp),
        traceparent=traceparent_of(record),
    )


def whole_problem(command: Command) -> Problem | None:
    """The limits that no single field shows."""
    items = getattr(command, "items", None)
    if items and total_of(items) > MAX_TOTAL:
        return problems.validation([{"pointer": "#/items", "detail": f"the total must be at most {MAX_TOTAL}"}])
    if isinstance(command, CorrectOrder) and command.state is None and items is None:
        return problems.validation([{"pointer": "#", "detail": "must have a state or items, or both"}])
    return None


def encode_command(command: Command) -> bytes:
    """The record's value; fields that are not set are left out."""
    return dumps(_present(command))


def _present(value: Command | Item | Location) -> Mapping[str, object]:
    present = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {name: _plain(given) for name, given in present if given is not None}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return _present(value) if isinstance(value, Item | Location) else value


def _invalid(value: bytes, error: ValidationError) -> Invalid | Unreadable:
    if is_malformed(error):
        return _malformed(error)
    return _named(value, problem_of(error, tags=tuple(CommandType)))


def _named(value: bytes, problem: Problem) -> Invalid | Unreadable:
    """What is wrong with a record, said of the command that it names, if it names one."""
    try:
        envelope = _ENVELOPE.validate_json(value, strict=True)
    except ValidationError as nameless:
        if is_malformed(nameless):
            return _malformed(nameless)
        reason = "; ".join(f"{field['pointer']} {field['detail']}" for field in _fields(nameless))
        return Unreadable(stage=Stage.VALIDATE, error_class="NamesNoCommand", reason=reason)
    return Invalid(
        order_id=envelope.order_id,
        command_id=envelope.command_id,
        type=envelope.type[:_TYPE_LENGTH] if isinstance(envelope.type, str) else None,
        problem=problem,
    )


def _malformed(error: ValidationError) -> Unreadable:
    return Unreadable(stage=Stage.DECODE, error_class="MalformedJson", reason=error.errors()[0]["msg"])


def _fields(error: ValidationError) -> list[dict[str, str]]:
    errors: list[dict[str, str]] = problem_of(error).extra["errors"]  # type: ignore[assignment]
    return errors


def traceparent_of(record: Record) -> str | None:
    for name, value in record.headers:
        if name == "traceparent":
            # Kafka's headers may be null, whatever their type here says.
            return value.decode() if value and _TRACEPARENT.fullmatch(value) else None
    return None
