"""What makes two commands the same, however their records were written."""

import pytest

from tests.unit.test_command_records import CANCEL, CHANGE, CREATE, TRACE, item, priced, readable


def fingerprint(value: object) -> str:
    return readable(value).fingerprint


@pytest.mark.parametrize("literal", ["50", "5e1", "50.0000", "5.0E+1", "500e-1"])
def test_one_number_has_one_fingerprint_however_it_is_written(literal: str) -> None:
    assert readable(priced(literal)).fingerprint == fingerprint(CREATE)
    assert readable(priced("-0.0")).fingerprint == readable(priced("0")).fingerprint


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (CREATE, item(quantity=3)),
        (CREATE, item(price=50.0001)),
        (CREATE, CREATE | {"currency": "USD"}),
        (CHANGE, CHANGE | {"expected_version": 1}),
        (CHANGE, CHANGE | {"reason": "r"}),
        (CHANGE | {"reason": "r"}, CHANGE | {"note": "r"}),
        (CHANGE, CHANGE | {"location": {"lat": 1, "lon": 2}}),
        (CANCEL, CANCEL | {"reason": "other"}),
        (CANCEL, CHANGE | {"command_id": "cmd_3", "reason": "changed mind"}),
    ],
)
def test_another_command_has_another_fingerprint(value: object, other: object) -> None:
    assert fingerprint(value) != fingerprint(other)


def test_the_time_of_issue_and_the_trace_do_not_count() -> None:
    issued = CREATE | {"issued_at": "2026-01-01T00:00:00Z"}
    assert readable(issued, headers=[("traceparent", TRACE)]).fingerprint == fingerprint(CREATE)


def test_one_moment_has_one_fingerprint_in_every_zone() -> None:
    zones = ("2026-01-01T00:00:00Z", "2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00.000Z")
    assert len({fingerprint(CREATE | {"placed_at": moment}) for moment in zones}) == 1
