"""The OpenAPI document: valid, complete, and held against every answer of the other tests (tests/documented.py)."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web as server
from aiohttp.test_utils import TestClient, TestServer
from jsonschema_rs import Draft202012Validator, ValidationError
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from orderflow.wire.problems import STATUS_OF
from tests.documented import documented
from tests.unit.facade_loop import Loop, running
from web.mount import BLUEPRINTS
from web.openapi.document import openapi
from web.openapi.examples import EXAMPLES

DOCUMENT = openapi(BLUEPRINTS)
PROBLEM = {"status": 500, "content_type": "application/problem+json"}
OPERATIONS = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]
OF_NO_OPERATION = {"key-mismatch", "method-not-allowed"}
"""On Kafka only; under a path that has no such method."""


async def test_the_document_that_is_served_is_valid() -> None:
    async with running(Loop()) as client:
        served = await (await client.send("GET", "/openapi.json")).json()
    assert served == DOCUMENT
    validate(served)


def test_a_document_that_is_not_valid_is_told() -> None:
    with pytest.raises(OpenAPIValidationError):
        validate(DOCUMENT | {"paths": {"orders": {}}})


def test_every_operation_has_a_name_of_its_own() -> None:
    names = Counter(operation["operationId"] for operation in OPERATIONS)
    assert {name for name, count in names.items() if count > 1} == set()


def test_every_operation_is_shown_in_the_api_document() -> None:
    shown = (Path(__file__).parents[2] / "docs/api.md").read_text()
    named = {f"`{method.upper()} {path}`" for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert {name for name in named if name not in shown} == {"`GET /docs/{file}`", "`GET /dashboard/{file}`"}


def test_every_type_of_problem_is_documented_somewhere() -> None:
    told = {
        slug
        for operation in OPERATIONS
        for response in operation["responses"].values()
        for slug in _types(response.get("content", {}).get("application/problem+json"))
    }
    assert set(STATUS_OF) - told <= OF_NO_OPERATION


def _types(content: dict[str, Any] | None) -> list[str]:
    types: list[str] = content["schema"]["allOf"][1]["properties"]["type"]["enum"] if content else []
    return types


def test_an_order_just_taken_leads_on_to_its_own_operations() -> None:
    links = DOCUMENT["paths"]["/orders"]["post"]["responses"]["201"]["links"]
    assert {"show_order", "move_order", "cancel_order", "correct_order", "show_every_change_of_order"} <= set(links)
    assert links["show_order"]["parameters"] == {"order_id": "$response.body#/order_id"}


@pytest.mark.parametrize("shown", EXAMPLES, ids=lambda shown: shown.__name__)
def test_an_example_is_what_its_schema_asks_for(shown: type) -> None:
    schemas = DOCUMENT["components"]["schemas"]
    schema = schemas[shown.__name__]
    assert schema["examples"] == [EXAMPLES[shown]]
    Draft202012Validator({**schema, "components": {"schemas": schemas}}).validate(EXAMPLES[shown])


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ({"status": 418}, AssertionError),
        ({"headers": {"X-Mystery": "1"}}, AssertionError),
        ({"text": "alive"}, AssertionError),
        ({"body": b'{"status":"alive","more":1}'}, ValidationError),
        ({"body": b'{"status":"dead"}'}, ValidationError),
        (PROBLEM | {"body": b'{"type":"internal-error","title":"","detail":""}'}, ValidationError),
        (PROBLEM | {"body": b'{"type":"made-up","title":"","detail":"","status":500}'}, ValidationError),
    ],
    ids=["status", "header", "media type", "member", "value", "problem's member", "problem's type"],
)
async def test_an_answer_that_no_document_tells_of_is_seen(answer: dict[str, Any], failure: type[Exception]) -> None:
    async def alive(_request: server.Request) -> server.Response:
        whole = {"body": b'{"status":"alive"}', "content_type": "application/json"} if "text" not in answer else {}
        return server.Response(**(whole | answer))

    application = server.Application()
    application.router.add_get("/livez", alive)
    async with TestClient(TestServer(application), middlewares=(documented,)) as client:
        with pytest.raises(failure):
            await client.get("/livez")
