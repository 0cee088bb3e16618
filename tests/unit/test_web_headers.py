"""Headers and query words: read as their RFCs say, refused with their own problem, never a crash."""

import string
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from orderflow.domain.lifecycle import State
from orderflow.wire.bodies import ChangeStateBody
from web.cursors import CursorError, decode_cursor, encode_cursor
from web.identity import Key, read_key
from web.list_query import read_list_query
from web.preconditions import expecting, is_known, version_matched
from web.preferences import Preferences, read_preferences
from web.refusals import RefusedError

WORDS = st.text(string.printable, max_size=30) | st.text(max_size=10)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("respond-async", Preferences(respond_async=True)),
        ("Respond-Async, WAIT=5", Preferences(respond_async=True, wait=5)),
        ('wait="7"', Preferences(wait=7)),
        ("wait=900", Preferences(wait=30)),
        ("wait=1, wait=2", Preferences(wait=1)),
        ("wait=5; foo=bar", Preferences(wait=5)),
        ("wait=-1", Preferences()),
        ("wait=soon", Preferences()),
        ("wait", Preferences()),
        ("return=minimal", Preferences()),
        ("respond-async=yes", Preferences()),
        (";;=,,", Preferences()),
    ],
)
def test_preferences_are_followed_or_ignored(header: str, expected: Preferences) -> None:
    assert read_preferences([header]) == expected


def test_preferences_say_what_was_applied() -> None:
    both = Preferences(respond_async=True, wait=5)
    assert both.applied(answered_async=True) == {"Preference-Applied": "respond-async, wait=5"}
    assert both.applied(answered_async=False) == {"Preference-Applied": "wait=5"}
    assert Preferences().applied(answered_async=True) == {}


def test_a_client_that_wants_no_waiting_gets_none() -> None:
    assert Preferences(respond_async=True).seconds(2.0) == 0.0
    assert Preferences(respond_async=True, wait=4).seconds(2.0) == 4
    assert Preferences().seconds(2.0) == 2.0


@given(WORDS)
def test_no_header_breaks_its_reader(value: str) -> None:
    read_preferences([value])
    is_known([value], 1)
    for read in (lambda: read_key([value], str), lambda: version_matched([value])):
        with suppress(RefusedError):
            read()


@pytest.mark.parametrize(("header", "version"), [([], None), (["*"], None), (['"3"'], 3), (['"x", "4"'], 4)])
def test_if_match_names_a_version(header: list[str], version: int | None) -> None:
    assert version_matched(header) == version


@pytest.mark.parametrize(
    ("header", "type_"),
    [
        ("3", "malformed-header"),
        ('"1", "2"', "malformed-header"),
        ('W/"3"', "precondition-failed"),
        ('"abc"', "precondition-failed"),
        ('"0"', "precondition-failed"),
    ],
)
def test_if_match_refuses_what_cannot_match(header: str, type_: str) -> None:
    with pytest.raises(RefusedError) as refused:
        version_matched([header])
    assert refused.value.problem.type == type_


def test_if_match_becomes_the_expected_version_unless_the_body_says_another() -> None:
    body = ChangeStateBody(new_state=State.CONFIRMED)
    assert expecting(body, 3).expected_version == 3
    assert expecting(body, None).expected_version is None
    with pytest.raises(RefusedError):
        expecting(ChangeStateBody(new_state=State.CONFIRMED, expected_version=2), 3)


@pytest.mark.parametrize(
    ("header", "known"), [('"2"', True), ('W/"2"', True), ('"1", "2"', True), ("*", True), ('"1"', False)]
)
def test_if_none_match_compares_weakly(header: str, known: bool) -> None:  # noqa: FBT001
    assert is_known([header], 2) is known


def test_a_quoted_key_is_the_bare_one() -> None:
    assert read_key(['"abc-1"'], str) == read_key(["abc-1"], str) == Key(value="abc-1", given=True)


def test_without_a_key_one_is_made() -> None:
    assert read_key([], lambda: "made") == Key(value="made", given=False)


@pytest.mark.parametrize("headers", [[""], ['"'], ["two words"], ["x" * 256], ["a", "b"], ["\udcff"]])
def test_a_key_that_is_no_word_is_refused(headers: list[str]) -> None:
    with pytest.raises(RefusedError) as refused:
        read_key(headers, str)
    assert refused.value.problem.type == "malformed-header"


def test_ids_depend_on_everything_that_was_asked() -> None:
    key = Key(value="k", given=True)
    ids = key.ids("POST", "/orders", "client")
    assert ids == key.ids("POST", "/orders", "client")
    assert len({*ids, *key.ids("PUT", "/orders", "client"), *key.ids("POST", "/orders", "other")}) == 6
    assert [len(part) for part in ids] == [36, 36]


instants = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)).map(  # noqa: DTZ001 - hypothesis wants naive bounds
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)


@given(instants, st.text(string.ascii_letters + string.digits + "._:-", min_size=1, max_size=128))
def test_a_cursor_comes_back_as_it_was(created_at: datetime, order_id: str) -> None:
    assert decode_cursor(encode_cursor((created_at, order_id))) == (created_at, order_id)


@given(WORDS)
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorError):
        decode_cursor(cursor)


def test_a_cursor_beyond_the_calendar_is_refused() -> None:
    late = encode_cursor((datetime(9999, 1, 1, tzinfo=UTC) - timedelta(days=1), "o"))
    assert decode_cursor(late)
    with pytest.raises(CursorError):
        decode_cursor("OTk5OTk5OTk5OTk5OTk5Om8")


def test_a_list_query_is_read() -> None:
    query = read_list_query(MultiDict([("client_id", "c"), ("state", "created"), ("state", "failed"), ("limit", "7")]))
    assert (query.client_id, query.states, query.limit) == ("c", (State.CREATED, State.FAILED), 7)


def test_every_bad_parameter_is_named_at_once() -> None:
    query = MultiDict([("limit", "0"), ("state", "gone"), ("cursor", "x"), ("colour", "red"), ("client_id", "")])
    with pytest.raises(RefusedError) as refused:
        read_list_query(query)
    named = [error["parameter"] for error in refused.value.problem.extra["errors"]]  # type: ignore[attr-defined]
    assert sorted(named) == ["client_id", "colour", "cursor", "limit", "state"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "ten", "", "٣", "1e2", "0x10", " 5"])
def test_a_limit_is_a_number_from_1_to_200(limit: str) -> None:
    with pytest.raises(RefusedError):
        read_list_query(MultiDict(limit=limit))


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(RefusedError):
        read_list_query(MultiDict([("limit", "1"), ("limit", "2")]))
