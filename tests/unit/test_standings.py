from dataclasses import replace

import pytest

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening, Standing, as_told, standing_after
from orderflow.wire.documents.examples import LIFE
from orderflow.wire.events import encode_event
from orderflow.wire.standings import decode_standing, encode_standing, read_happening
from tests.unit.happened import HOUR, NOW, happening


def standing_of(*events: Happening) -> Standing | None:
    found: Standing | None = None
    for event in events:
        found = standing_after(found, event) or found
    return found


CREATED = happening()
HELD = happening(version=2, before=State.CREATED, at=NOW + 1, kind=EventType.ORDER_HELD)
MOVED = happening(version=3, state=State.IN_TRANSIT, before=State.CREATED, at=NOW + HOUR)


def test_an_order_is_in_its_state_since_it_entered_it() -> None:
    assert standing_of(CREATED, HELD) == Standing(
        version=2, state=State.CREATED, since=NOW, client_id="client-1", created_at=NOW, on_hold=True
    )
    assert standing_of(CREATED, HELD, MOVED) == Standing(
        version=3, state=State.IN_TRANSIT, since=NOW + HOUR, client_id="client-1", created_at=NOW, on_hold=True
    )


def test_a_release_ends_a_hold() -> None:
    released = happening(version=3, before=State.CREATED, kind=EventType.ORDER_RELEASED)
    found = standing_of(CREATED, HELD, released)
    assert found
    assert not found.on_hold


def test_an_event_that_is_not_newer_changes_nothing() -> None:
    moved = standing_of(CREATED, HELD, MOVED)
    assert [standing_after(moved, event) for event in (CREATED, HELD, MOVED)] == [None, None, None]


def test_what_was_told_of_a_state_is_forgotten_with_the_state() -> None:
    told = as_told(standing_after(None, CREATED))
    amended = standing_after(told, replace(HELD, type=EventType.ORDER_AMENDED))
    assert amended
    assert amended.told
    moved = standing_after(amended, MOVED)
    assert moved
    assert not moved.told


def test_every_kind_of_event_can_be_read() -> None:
    found = standing_of(*(read_happening(encode_event(step.change.event)) for step in LIFE))
    last = LIFE[-1].stored.order
    assert found
    assert (found.version, found.state, found.client_id) == (last.version, last.state, last.client_id)
    assert found.created_at == round(last.created_at.timestamp() * 1_000)


@pytest.mark.parametrize("value", [None, b"", b"[]", b"{}", b'{"order_id": 7}', b"\xff"])
def test_what_is_no_event_is_refused(value: bytes | None) -> None:
    with pytest.raises(ValueError, match="Error"):
        read_happening(value)


def test_an_event_of_a_state_of_a_later_version_is_refused() -> None:
    value = encode_event(LIFE[0].change.event).replace(b'"created"', b'"teleported"')
    with pytest.raises(ValueError, match="teleported"):
        read_happening(value)


def test_a_standing_survives_its_changelog() -> None:
    for found in (standing_of(CREATED), standing_of(CREATED, HELD), as_told(standing_of(CREATED, HELD, MOVED))):  # type: ignore[arg-type]
        assert found
        assert decode_standing(encode_standing(found)) == found


@pytest.mark.parametrize("value", [None, b"", b"[1, 2]", b'[1, "nowhere", 0, 0, "c", 0]'])
def test_what_is_no_standing_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError, match="Error"):
        decode_standing(value)
