"""Parameters of operations as OpenAPI describes them: in the path, in the query and in headers."""

from collections.abc import Iterator
from typing import Any

from orderflow.domain.limits import Id
from orderflow.wire.desk_bodies import LetterName
from orderflow.wire.documents.schemas import Schema, Schemas
from web.http.operations import Header
from web.openapi.endpoints import Endpoint

_IN_PATHS: dict[str, Any] = {"letter": LetterName, "file": str}
"""What a name in a path stands for, where that is no id of ours."""


def parameters_of(endpoint: Endpoint, schemas: Schemas) -> Iterator[Schema]:
    for name in endpoint.path_names:
        yield {"name": name, "in": "path", "required": True, "schema": schemas.taken(_IN_PATHS.get(name, Id))}
    for parameter in endpoint.operation.parameters:
        schema = schemas.taken(parameter.type)
        yield {
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": {"type": "array", "items": schema} if parameter.repeatable else schema,
        }
    for header in endpoint.operation.headers:
        yield {"name": header.name, "in": "header", **described(header, schemas.taken(header.type))}


def described(header: Header, schema: Schema) -> Schema:
    return {"description": header.description, "schema": schema}


def types_taken(endpoint: Endpoint) -> Iterator[Any]:
    """Every type that a request of the operation is read into."""
    operation = endpoint.operation
    yield from (_IN_PATHS.get(name, Id) for name in endpoint.path_names)
    yield from (parameter.type for parameter in operation.parameters)
    yield from (header.type for header in operation.headers)
    if operation.body:
        yield operation.body
