"""Preconditions as RFC 9110, 13 has them: which tag matches what, and which condition comes first."""

import pytest

from orderflow.access.principal import Principal, Scope
from tests.unit.facade_loop import Client, running
from web.http.preconditions import Tags, tags_of
from web.http.refusals import RefusedError

ANOTHER = Principal(name="bound", scopes=frozenset(Scope), client_id="another")


@pytest.fixture
async def third(client: Client) -> str:
    """An order at version 3."""
    order_id = await client.create()
    await client.move(order_id, "confirmed")
    await client.move(order_id, "assigned")
    return order_id


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ('"3"', ('"3"',)),
        ('W/"3" , "4"', ('W/"3"', '"4"')),
        (', "a,b",, "", ', ('"a,b"', '""')),
        ('"ü\udce9"', ('"ü\udce9"',)),
    ],
)
def test_entity_tags_are_read(value: str, tags: tuple[str, ...]) -> None:
    assert tags_of("If-Match", value) == Tags(tags=tags)


@pytest.mark.parametrize("value", ["", ",", "3", '"3', '3"', '"a"b"', '"a" "b"', 'w/"3"', '"3", *', "*, *", '"a b"'])
def test_what_is_no_entity_tag_is_malformed(value: str) -> None:
    with pytest.raises(RefusedError) as refused:
        tags_of("If-Match", value)
    assert (refused.value.problem.type, refused.value.problem.extra["header"]) == ("malformed-header", "If-Match")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": '"3"'}, 304),
        ({"If-None-Match": 'W/"3"'}, 304),
        ({"If-None-Match": '"2", W/"3"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"2", "33"'}, 200),
        ({"If-None-Match": "3"}, 400),
        ({"If-Match": '"3"'}, 200),
        ({"If-Match": '"2", "3"'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": 'W/"3"'}, 412),
        ({"If-Match": '"2"'}, 412),
        ({"If-Match": "3"}, 400),
        ({"If-Match": '"2"', "If-None-Match": '"3"'}, 412),
        ({"If-Match": '"3"', "If-None-Match": '"3"'}, 304),
        ({"If-Match": '"3"', "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}, 200),
    ],
)
async def test_a_read_is_conditional(client: Client, third: str, headers: dict[str, str], status: int) -> None:
    for method in ("GET", "HEAD"):
        answer = await client.send(method, f"/orders/{third}", headers=headers)
        assert answer.status == status
        if status in (200, 304):
            said = {name: answer.headers[name] for name in ("ETag", "X-Cache", "Cache-Control")}
            assert said == {"ETag": '"3"', "X-Cache": "HIT", "Cache-Control": "private, no-cache"}
        assert bool(await answer.read()) == (method == "GET" and status != 304)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
async def test_a_condition_on_nothing_is_not_found(client: Client, method: str, header: str) -> None:
    for value in ("*", '"1"'):
        assert (await client.send(method, "/orders/absent", headers={header: value})).status == 404


async def test_several_lines_of_a_header_are_one_list(client: Client, third: str) -> None:
    lines = [("If-None-Match", '"1"'), ("If-None-Match", 'W/"3"')]
    assert (await client.send("GET", f"/orders/{third}", headers=lines)).status == 304


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ('"3"', 200),
        ("*", 200),
        ('W/"3", "3"', 200),
        ('"1", "3", "9"', 200),
        ('"2"', 412),
        ('"1", "2"', 412),
        ('W/"3"', 412),
        ('"abc"', 412),
        ('"0"', 412),
        ('"03"', 412),
        ('"99999999999"', 412),
        ("3", 400),
        ("", 400),
    ],
)
async def test_a_change_is_conditional(client: Client, third: str, value: str, status: int) -> None:
    answer = await client.move(third, "picked_up", headers={"If-Match": value})
    assert answer.status == status
    if status == 412:
        problem = await answer.json()
        assert (problem["type"], problem["current_version"]) == ("precondition-failed", 3)
    order = await (await client.send("GET", f"/orders/{third}")).json()
    assert order["version"] == (4 if status == 200 else 3)


@pytest.mark.parametrize("value", ["*", '"1"', '"1", "2"', 'W/"1"'])
async def test_a_change_of_nothing_is_not_found_whatever_its_condition(client: Client, value: str) -> None:
    assert (await client.move("absent", "confirmed", headers={"If-Match": value})).status == 404


@pytest.mark.parametrize("value", ['"1", "3"', 'W/"3"'])
async def test_a_condition_tells_nothing_of_another_clients_order(client: Client, third: str, value: str) -> None:
    async with running(client.loop, principal=ANOTHER) as another:
        assert (await another.move(third, "picked_up", headers={"If-Match": value})).status == 404


@pytest.mark.parametrize("value", ["*", '"1"'])
async def test_a_change_cannot_be_prevented_by_a_version(client: Client, third: str, value: str) -> None:
    answer = await client.move(third, "picked_up", headers={"If-None-Match": value})
    assert (answer.status, (await answer.json())["header"]) == (400, "If-None-Match")


async def test_a_repeat_under_several_versions_is_the_first_request_again(client: Client, third: str) -> None:
    headers = {"If-Match": '"2", "3"', "Idempotency-Key": "once"}
    for replayed in (None, "true", "true"):
        answer = await client.move(third, "picked_up", headers=headers)
        assert (answer.status, answer.headers["ETag"], answer.headers.get("Idempotent-Replayed")) == (
            200,
            '"4"',
            replayed,
        )
    assert len(client.loop.taken) == 4


@pytest.mark.parametrize(
    ("value", "expected", "status"),
    [('"3"', 3, 200), ('"2", "3"', 3, 200), ('"2", "3"', 2, 412), ('"3"', 2, 422), ("*", 2, 409), ('W/"3"', 3, 412)],
)
async def test_header_and_body_have_to_agree(
    client: Client, third: str, value: str, expected: int, status: int
) -> None:
    body = {"new_state": "picked_up", "expected_version": expected}
    answer = await client.send("PUT", f"/orders/{third}/state", json=body, headers={"If-Match": value})
    assert answer.status == status


async def test_a_page_is_sent_once_and_again_when_it_is_another(client: Client, third: str) -> None:
    path = "/orders?client_id=client-123&limit=1"
    other = await client.create()
    page = await client.send("GET", path)
    tag = page.headers["ETag"]
    for known in (tag, f"W/{tag}", "*"):
        same = await client.send("GET", path, headers={"If-None-Match": known})
        assert (same.status, await same.read()) == (304, b"")
        assert [same.headers[name] for name in ("ETag", "Link", "X-Cache")] == [tag, page.headers["Link"], "HIT"]
    assert (await client.send("GET", f"{path}&fields=state", headers={"If-None-Match": tag})).status == 200
    assert (await client.send("GET", path, headers={"If-Match": '"other"'})).status == 412
    for order_id in (third, other):
        await client.move(order_id, "picked_up")
    assert (await client.send("GET", path, headers={"If-None-Match": tag})).status == 200
