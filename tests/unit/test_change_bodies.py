"""HTTP bodies of changes: what all may say, and what each has to."""

import json
from datetime import UTC, datetime

import pytest

from orderflow.domain.problems import Problem
from orderflow.wire.bodies import ChangeBody, Read, command_of
from orderflow.wire.change_bodies import (
    AmendBody,
    CancelBody,
    ChangeStateBody,
    CorrectBody,
    HoldBody,
    ReleaseBody,
    read_amend,
    read_cancel,
    read_change_state,
    read_correct,
    read_hold,
    read_release,
)
from orderflow.wire.commands import encode_command, whole_problem

ITEM = {"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SAID = {"expected_version": 3, "reason": "r", "note": "n", "location": {"lat": 1.0, "lon": 2.5}, "actor": "alice"}


def pointers(found: object) -> list[str]:
    assert isinstance(found, Problem), found
    assert found.type == "validation"
    return [error["pointer"] for error in found.extra["errors"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("read", "kind", "type_", "own"),
    [
        (read_change_state, ChangeStateBody, "change_state", {"new_state": "in_transit"}),
        (read_cancel, CancelBody, "cancel_order", {}),
        (read_hold, HoldBody, "hold_order", {}),
        (read_release, ReleaseBody, "release_order", {}),
        (read_amend, AmendBody, "amend_order", {"items": [ITEM], "dry_run": True}),
        (read_correct, CorrectBody, "correct_order", {"items": [ITEM], "state": "delivered"}),
    ],
)
def test_every_change_may_say_why_where_and_by_whom_and_nothing_unknown(
    read: Read[ChangeBody], kind: type[ChangeBody], type_: str, own: dict[str, object]
) -> None:
    said = SAID | own
    body = read(json.dumps(said).encode())
    assert isinstance(body, kind)
    command = json.loads(encode_command(command_of(body, order_id="o", command_id="c", issued_at=NOW)))
    assert command == said | {
        "type": type_,
        "command_id": "c",
        "order_id": "o",
        "issued_at": "2026-01-01T00:00:00Z",
    }
    assert pointers(read(json.dumps(said | {"client_id": "c"}).encode())) == ["#/client_id"]


@pytest.mark.parametrize("read", [read_cancel, read_hold])
def test_a_cancellation_and_a_hold_need_a_reason(read: Read[ChangeBody]) -> None:
    assert pointers(read(b"{}")) == ["#/reason"]
    assert pointers(read(b'{"reason": ""}')) == ["#/reason"]


@pytest.mark.parametrize("read", [read_amend, read_correct])
def test_items_are_as_strict_as_a_new_orders(read: Read[ChangeBody]) -> None:
    wrong = [ITEM | {"price": "50.0"}, ITEM | {"quantity": 0}, ITEM | {"colour": "red"}]
    found = pointers(read(json.dumps({"reason": "r", "items": wrong}).encode()))
    assert sorted(found) == ["#/items/0/price", "#/items/1/quantity", "#/items/2/colour"]
    assert pointers(read(json.dumps({"reason": "r", "items": []}).encode())) == ["#/items"]


@pytest.mark.parametrize(
    ("said", "valid"),
    [
        ({}, False),
        ({"state": None, "items": None}, False),
        ({"state": "created"}, True),
        ({"items": [ITEM], "state": None}, True),
    ],
)
def test_a_correction_needs_a_state_or_items(said: dict[str, object], valid: bool) -> None:  # noqa: FBT001
    body = read_correct(json.dumps({"reason": "r"} | said).encode())
    assert isinstance(body, CorrectBody)
    problem = whole_problem(command_of(body, order_id="o", command_id="c", issued_at=NOW))
    assert (problem is None) is valid
    assert problem is None or pointers(problem) == ["#"]
