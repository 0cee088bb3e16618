"""The OpenAPI 3.1 document: what the views say of themselves, and the schemas of what they take and send."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any

from faust.web import Blueprint

from orderflow.wire import shapes
from orderflow.wire.documents.schemas import Schema, Schemas
from orderflow.wire.json import dumps
from web.http.headers import OF_ANY, OF_PROBLEMS
from web.openapi.endpoints import Endpoint, endpoints_of
from web.openapi.examples import EXAMPLES
from web.openapi.operations import Describer, answering
from web.openapi.parameters import described, types_taken

DESCRIPTION = """\
Orders over HTTP. A write becomes a command on Kafka, waits for its outcome, and shows the order; where that takes too
long it is answered with 202, and the command's own resource tells what became of it. Every error is a problem document
(RFC 9457) whose `type` is a bare word. Credentials are asked for where `ORDERFLOW_AUTH` is `on`."""

SECURITY_SCHEMES = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or a JSON Web Token."},
}


@cache
def encode_openapi(blueprints: tuple[Blueprint, ...]) -> bytes:
    """Once for all: it takes as long as a hundred answers."""
    return dumps(openapi(blueprints))


def openapi(blueprints: Iterable[Blueprint]) -> Schema:
    endpoints = list(endpoints_of(blueprints))
    schemas = _schemas(endpoints)
    describer = Describer(endpoints=endpoints, schemas=schemas)
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method] = describer.operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "orderflow",
            "version": version("orderflow"),
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": _with_examples(schemas),
            "headers": {header.name: described(header, schemas.sent(header.type)) for header in OF_ANY},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _schemas(endpoints: Iterable[Endpoint]) -> Schemas:
    operations = [endpoint.operation for endpoint in endpoints]
    answers = [answer for operation in operations for answer in operation.answers.values()]
    shown: list[Any] = [answer.shape for answer in answers if answer.shape]
    headers = [
        *(header for answer in answers for header in answer.headers),
        *(header for operation in operations for header in answering(operation)),
        *(header for of_problem in OF_PROBLEMS.values() for header in of_problem),
        *OF_ANY,
    ]
    return Schemas(
        taken=[said for endpoint in endpoints for said in types_taken(endpoint)],
        sent=[shapes.HttpProblem, *shown, *(header.type for header in headers)],
        template="#/components/schemas/{model}",
    )


def _with_examples(schemas: Schemas) -> dict[str, Schema]:
    """Each of our own types with an example of it, where it is shown at all."""
    examples = {said.__name__: example for said, example in EXAMPLES.items()}
    return {
        name: schema | ({"examples": [examples[name]]} if name in examples else {})
        for name, schema in schemas.definitions.items()
    }
