"""The query of a list, and cursors: every word is read exactly, refused by name, or opens the page after its own."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery, Sort
from tests.builders import NOW
from web.http.refusals import RefusedError
from web.lists.cursors import decode_cursor, encode_cursor
from web.lists.query import ListRequest, read_list_request

WORDS = st.text(string.printable, max_size=30) | st.text(max_size=10)
IDS = st.text(string.ascii_letters + string.digits + "._:-", min_size=1, max_size=128)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31)).map(  # noqa: DTZ001 - hypothesis wants naive bounds
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
QUERIES = st.builds(
    ListQuery,
    client_id=st.sampled_from(["a", "b"]),
    states=st.sampled_from([(), (State.CREATED,), (State.CREATED, State.FAILED)]),
    created_after=st.sampled_from([None, NOW]),
    created_before=st.sampled_from([None, NOW]),
    external_ref=st.sampled_from([None, "r"]),
    sort=st.sampled_from(Sort),
)


def read(*parameters: tuple[str, str]) -> ListRequest:
    return read_list_request(MultiDict(parameters))


def refused(*parameters: tuple[str, str]) -> list[str]:
    """The parameters that are named."""
    with pytest.raises(RefusedError) as error:
        read(*parameters)
    found: Any = error.value.problem.extra["errors"]
    return [each["parameter"] for each in found]


@given(QUERIES, INSTANTS, IDS, st.integers(1, 200))
def test_a_cursor_opens_the_next_page_of_its_list_however_long_that_is(
    query: ListQuery, moment: datetime, order_id: str, limit: int
) -> None:
    cursor = decode_cursor(encode_cursor(query, (moment, order_id)))
    assert cursor.position == (moment, order_id)
    assert cursor.is_of(replace(query, limit=limit, after=(NOW, "other")))


@given(QUERIES, QUERIES, INSTANTS, IDS)
def test_a_cursor_opens_no_other_list(query: ListQuery, other: ListQuery, moment: datetime, order_id: str) -> None:
    assert decode_cursor(encode_cursor(query, (moment, order_id))).is_of(other) == (query == other)


@given(QUERIES, INSTANTS, IDS, st.data())
def test_a_cursor_with_another_end_beginning_or_letter_is_refused(
    query: ListQuery, moment: datetime, order_id: str, data: st.DataObject
) -> None:
    word = encode_cursor(query, (moment, order_id))
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(sorted(set(string.ascii_letters + string.digits + "-_=+/ é") - {word[at]})))
    for forged in (word[:at], word[at + 1 :], word[:at] + letter + word[at + 1 :], word + letter, word + "=="):
        try:
            assert not decode_cursor(forged).is_of(query), forged
        except ValueError:
            continue


@given(WORDS)
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    assert refused(("cursor", cursor)) == ["cursor"]


def test_a_cursor_of_another_query_is_refused_by_name() -> None:
    word = encode_cursor(ListQuery(client_id="c"), (NOW, "o"))
    assert read(("client_id", "c"), ("cursor", word), ("limit", "3"), ("fields", "state")).query.after == (NOW, "o")
    for other in (("client_id", "d"), ("client_id", "")):
        assert refused(other, ("cursor", word))
    assert refused(("client_id", "c"), ("cursor", word), ("sort", "created_at")) == ["cursor"]
    assert refused(("cursor", word)) == ["cursor"]


def test_a_query_is_read() -> None:
    asked = read(
        ("client_id", "c"),
        ("state", "failed"),
        ("state", "created"),
        ("state", "failed"),
        ("created_after", "2026-01-01T13:00:00+01:00"),
        ("created_before", "2026-01-01T12:00:00.0001Z"),
        ("external_ref", "ü \0"),
        ("sort", "updated_at"),
        ("limit", "7"),
        ("fields", "total,state"),
        ("total", "estimated"),
    )
    assert asked == ListRequest(
        query=ListQuery(
            client_id="c",
            states=(State.CREATED, State.FAILED),
            created_after=NOW,
            created_before=NOW + timedelta(milliseconds=1),
            external_ref="ü \0",
            sort=Sort.CHANGED_FIRST,
            limit=7,
        ),
        fields=("order_id", "state", "total"),
        counted=True,
    )


def test_every_bad_parameter_is_named_at_once() -> None:
    bad = {
        "limit": "0",
        "state": "gone",
        "cursor": "x",
        "colour": "red",
        "client_id": "",
        "created_after": "2026-01-01",
        "created_before": "2026-01-01T00:00:00 01:00",
        "external_ref": "x" * 1001,
        "sort": "total",
        "fields": "state,colour",
        "total": "exact",
    }
    assert sorted(refused(*bad.items())) == sorted(bad)


@pytest.mark.parametrize("name", ["client_id", "created_after", "external_ref", "sort", "limit", "cursor", "fields"])
def test_a_parameter_given_twice_is_refused(name: str) -> None:
    assert set(refused((name, "1"), (name, "1"))) == {name}


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "ten", "", "٣", "1e2", "0x10", " 5"])
def test_a_limit_is_a_number_from_1_to_200(limit: str) -> None:
    assert refused(("limit", limit)) == ["limit"]


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "2026-01-01T00:00:00",
        "1735689600",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59.9999999-10:00",
        "1969-12-31T23:59:59Z",
        "now",
        "2h",
        "2" * 5_000,
    ],
)
def test_a_time_has_a_zone_and_is_one_that_orders_have(moment: str) -> None:
    assert refused(("created_after", moment)) == ["created_after"]


@pytest.mark.parametrize("value", ["", ",", "state,", " state", "Order_id", "state;total", "state\0"])
def test_fields_are_those_of_an_order(value: str) -> None:
    assert refused(("fields", value)) == ["fields"]


def test_what_no_index_serves_needs_a_client() -> None:
    assert refused(("external_ref", "r")) == ["external_ref"]
    assert refused(("sort", "-updated_at")) == ["sort"]
    assert read_list_request(MultiDict(sort="-updated_at"), lambda _: "bound").query.client_id == "bound"


def test_a_flood_of_errors_is_cut() -> None:
    assert len(refused(*(("state", "x") for _ in range(5_000)))) == 100
    assert len(refused(*((f"x{number}", "") for number in range(5_000)))) == 100
