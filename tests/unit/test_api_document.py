"""What compares docs/api.md with the answers that come: it sees every difference, and only differences."""

import re
from pathlib import Path

import pytest

from tests.api_document import Example, differences, examples, outputs, script
from web.mount import BLUEPRINTS
from web.openapi.document import openapi

DOCUMENT = """
```sh
API=http://127.0.0.1:8080
```

```sh
curl -i $API/livez
```

```http
HTTP/1.1 200 OK
Location: /orders/ord_...

{"order_id": "ord_...", "items": [{"price": 50.0}], "links": "...", "ref": null}
```
"""
CAME = (
    "HTTP/1.1 200 OK\r\nLocation: /orders/ord_1\r\nDate: now\r\nContent-Length: 7\r\n\r\n"
    '{"order_id":"ord_1","items":[{"price":50.0}],"links":{"self":"/"},"ref":null}'
)


def test_every_call_has_its_place_in_the_document() -> None:
    document = (Path(__file__).parents[2] / "docs/api.md").read_text()
    calls = {f"{method.upper()} {path}" for path, item in openapi(BLUEPRINTS)["paths"].items() for method in item} - {
        "GET /docs/{file}",
        "GET /dashboard/{file}",
    }
    assert [call for call in sorted(calls) if not re.search(rf"`{re.escape(call)}[`?]", document)] == []


def answered() -> Example:
    return examples(DOCUMENT)[1]


def test_commands_and_answers_are_found_with_their_lines() -> None:
    first, second = examples(DOCUMENT)
    assert (first.line, first.command, first.answer) == (2, "API=http://127.0.0.1:8080\n", None)
    assert (second.line, second.command) == (6, "curl -i $API/livez\n")
    assert (second.answer or "").startswith("HTTP/1.1 200 OK\n")


def test_the_commands_are_run_at_another_address_and_their_outputs_told_apart() -> None:
    run = script(examples(DOCUMENT), {"http://127.0.0.1:8080": "http://127.0.0.1:9"})
    assert "API=http://127.0.0.1:9\n" in run
    (end,) = set(re.findall("echo '(.*)'", run))
    assert outputs(f"\n{end}\nHTTP/1.1 200 OK\n{end}\nunfinished") == ["", "HTTP/1.1 200 OK"]


def test_the_answer_that_is_shown_does_not_differ() -> None:
    assert list(differences(answered(), CAME)) == []


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ("200 OK", "201 Created"),
        ("/orders/ord_1", "/orders/cmd_1"),
        ("Location: /orders/ord_1\r\n", ""),
        ("Date: now", "X-Mystery: 1"),
        ('"order_id":"ord_1"', '"order_id":"cmd_1"'),
        ('"order_id":"ord_1"', '"order_id":"ord_"'),
        ('"order_id":"ord_1"', '"order_id":null'),
        ("50.0", "50.5"),
        ('[{"price":50.0}]', '[{"price":50.0},{"price":1.0}]'),
        ('[{"price":50.0}]', "[]"),
        ('"ref":null', '"ref":"x"'),
        (',"ref":null', ""),
        (',"links":{"self":"/"}', ""),
        ('"ref":null', '"ref":null,"more":1'),
    ],
)
def test_any_other_answer_does(shown: str, came: str) -> None:
    assert shown in CAME
    assert list(differences(answered(), CAME.replace(shown, came))) != []


def test_a_body_that_is_not_json_is_compared_as_text() -> None:
    example = Example(line=1, command="", answer="HTTP/1.1 200 OK\n\nid: ...\ndata: x\n")
    assert list(differences(example, "HTTP/1.1 200 OK\r\n\r\nid: 7\r\ndata: x\n")) == []
    assert list(differences(example, "HTTP/1.1 200 OK\r\n\r\nid: 7\r\ndata: y\n")) != []
