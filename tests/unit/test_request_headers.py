"""Headers: read as their RFCs say, refused with their own problem, never a crash."""

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.commands.identity import Key, read_key
from web.http.preconditions import tags_of
from web.http.preferences import Preferences, read_preferences
from web.http.refusals import RefusedError

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
    for read in (lambda: read_key([value], str), lambda: tags_of("If-Match", value)):
        with suppress(RefusedError):
            read()


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
