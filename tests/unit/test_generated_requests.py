"""Requests made from our own OpenAPI document, valid and not: each answer is one that the document tells of."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from yarl import URL

from tests.unit.facade_loop import Client, Loop, running
from web.mount import BLUEPRINTS
from web.openapi.document import openapi

EXAMPLES = 12
LONGEST = 8_000
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(openapi(BLUEPRINTS)).get_all_operations()]
STREAM = "text/event-stream"
"""What does not end is tested apart."""


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    async with running(Loop()) as client:
        yield client


def takes_something(operation: Any) -> bool:  # noqa: ANN401 - schemathesis'
    answers = operation.definition.raw["responses"].values()
    endless = any(STREAM in answer.get("content", {}) for answer in answers)
    # Any word may be asked for as a file of the page: none of them is not valid.
    free = operation.path in ("/docs/{file}", "/dashboard/{file}")
    return not (endless or free) and bool(operation.definition.raw.get("parameters") or operation.body)


async def sent(client: Client, case: Case) -> int:
    """The status; the client itself holds the answer against the document."""
    made = requests.Request(**case.as_transport_kwargs(base_url="http://facade")).prepare()
    # What is longer is refused by the server, which is not ours here.
    assume(len(made.url or "") < LONGEST)
    headers = {name: value for name, value in made.headers.items() if name.lower() != "content-length"}
    path = URL((made.url or "").removeprefix("http://facade"), encoded=True)
    return (await client.send(made.method or "", path, data=made.body, headers=headers)).status  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("operation", list(filter(takes_something, OPERATIONS)), ids=lambda operation: operation.label)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
async def test_every_generated_request_has_a_documented_answer(
    client: Client,
    operation: Any,  # noqa: ANN401 - schemathesis'
    mode: GenerationMode,
    data: st.DataObject,
) -> None:
    assert await sent(client, data.draw(operation.as_strategy(generation_mode=mode))) < 500
