"""What is answered and written, held against what documents say of it: whatever they do not tell of fails the test."""

import re
from functools import cache
from typing import Any

import orjson
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from jsonschema_rs import Draft202012Validator

from orderflow.wire.documents.catalogue import KINDS, Kind
from orderflow.wire.records import Headers, Topic
from web.mount import BLUEPRINTS
from web.openapi.document import openapi

Schema = dict[str, Any]

OF_ANY_ANSWER = re.compile(
    "content-(type|length|encoding|security-policy)|date|server|connection|vary|transfer-encoding|cache-control"
    "|referrer-policy|x-content-type-options|access-control-.*",
    re.IGNORECASE,
)
_OF_ONE_KIND = {Topic.OUTCOMES: "outcome", Topic.DEAD_LETTERS: "dead_letter"}
_OPEN = ("Problem", "HttpProblem")
"""Each type of problem has members of its own."""


async def documented(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """A middleware of aiohttp's client: lets no answer through that `/openapi.json` does not tell of."""
    answer = await handler(request)
    method = "get" if request.method == "HEAD" else request.method.lower()
    paths = _paths(request.url.raw_path)
    path = next((path for path in paths if method in _document()["paths"][path]), None)
    if path is None:
        refused = 405 if paths else 404
        assert answer.status == refused or method == "options", f"{method} {request.url}: {answer.status}"
    else:
        await _check(path, method, answer)
    return answer


def check_record(topic: Topic, value: bytes, headers: Headers) -> None:
    """Raises ValidationError for a record that its schemas do not tell of."""
    name = _OF_ONE_KIND.get(topic) or orjson.loads(value)["type"]
    said = {header: (text or b"").decode(errors="replace") for header, text in headers}  # Kafka's may be null.
    _header_validator(topic, name).validate(said)
    if topic is not Topic.DEAD_LETTERS:
        _value_validator(topic, name).validate(orjson.loads(value))


def closed(said: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
    """Refuses members that the schema does not name: readers pass over them, but nobody may write any."""
    if isinstance(said, list):
        return [closed(member) for member in said]
    if not isinstance(said, dict):
        return said
    inside = {member: closed(value, member) for member, value in said.items()}
    shut = said.get("type") == "object" and "properties" in said and name not in _OPEN
    return {"additionalProperties": False, **inside} if shut else inside


async def _check(path: str, method: str, answer: ClientResponse) -> None:
    responses = _document()["paths"][path][method]["responses"]
    response = responses.get(str(answer.status))
    assert response is not None, f"{method} {path} answers {answer.status}, documented are {', '.join(responses)}"
    told = {name.lower() for name in response.get("headers", {})}
    untold = [name for name in answer.headers if name.lower() not in told and not OF_ANY_ANSWER.fullmatch(name)]
    assert not untold, f"{method} {path} answers {answer.status} with {untold}, of which no document tells"
    if answer.method != "HEAD":
        await _check_body(path, method, answer, response.get("content", {}))


async def _check_body(path: str, method: str, answer: ClientResponse, content: Schema) -> None:
    media = answer.content_type if answer.content_type in content else "*/*"
    assert media in content or not (content or await answer.read()), f"{method} {path}: {answer.content_type}"
    if media.endswith("json"):
        _body_validator(path, method, str(answer.status), media).validate(await answer.json(content_type=None))


@cache
def _body_validator(path: str, method: str, status: str, media: str) -> Draft202012Validator:
    schema = _document()["paths"][path][method]["responses"][status]["content"][media]["schema"]
    return _validator(closed({**schema, "components": {"schemas": _document()["components"]["schemas"]}}))


@cache
def _header_validator(topic: Topic, name: str) -> Draft202012Validator:
    """A dead letter has those of its record beside its own."""
    schema = _kind(topic, name).header_schema
    return _validator(schema if topic is Topic.DEAD_LETTERS else closed(schema))


@cache
def _value_validator(topic: Topic, name: str) -> Draft202012Validator:
    return _validator(closed(_kind(topic, name).schema))


def _kind(topic: Topic, name: str) -> Kind:
    return next(kind for kind in KINDS if (kind.topic, kind.name) == (topic, name))


def _validator(schema: Schema) -> Draft202012Validator:
    return Draft202012Validator(schema, validate_formats=True)


@cache
def _document() -> Schema:
    return openapi(BLUEPRINTS)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Those without parameters first."""
    paths = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in paths]


def _paths(path: str) -> list[str]:
    return [found for pattern, found in _patterns() if pattern.fullmatch(path)]
