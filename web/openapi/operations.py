"""One operation as OpenAPI describes it: what it takes, what it answers, and where one can go on from there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, get_args, get_type_hints

from orderflow.wire import shapes
from orderflow.wire.documents.schemas import Schema, Schemas
from orderflow.wire.problems import CONTENT_TYPE
from web.http.headers import OF_ANY, OF_PROBLEMS
from web.http.operations import Answer, Header, Operation
from web.openapi.endpoints import Endpoint
from web.openapi.parameters import described, parameters_of
from web.openapi.problems import problems_of

_TAGS = {
    **dict.fromkeys(("/orders", "/jobs", "/events", "/stats"), "orders"),
    "/admin": "administration",
    **dict.fromkeys(("/livez", "/readyz", "/metrics"), "health"),
}
"""By the beginning of a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Describer:
    """Describes one operation among all of them."""

    endpoints: Sequence[Endpoint]
    schemas: Schemas

    def operation(self, endpoint: Endpoint) -> Schema:
        said = endpoint.operation
        parameters = list(parameters_of(endpoint, self.schemas))
        body = {"required": True, "content": _json(self.schemas.taken(said.body))} if said.body else None
        return {
            "operationId": endpoint.name,
            "summary": said.summary,
            "tags": [next((tag for begin, tag in _TAGS.items() if endpoint.path.startswith(begin)), "documents")],
            "security": [{scheme: [said.scope]} for scheme in ("ApiKey", "Bearer")] if said.scope else [],
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": body} if body else {}),
            "responses": {str(status): response for status, response in self._responses(endpoint)},
        }

    def _responses(self, endpoint: Endpoint) -> Iterator[tuple[int, Schema]]:
        operation = endpoint.operation
        for status, answer in operation.answers.items():
            yield status, self._success(endpoint, status, answer)
        for status, types in problems_of(operation).items():
            yield status, self._problem(operation, status, types)

    def _success(self, endpoint: Endpoint, status: int, answer: Answer) -> Schema:
        links = self._links(endpoint, answer)
        shown = answer.shape and {answer.media_type: {"schema": self.schemas.sent(answer.shape)}}
        return {
            "description": _meaning(answer, status),
            **self._headers((*answer.headers, *answering(endpoint.operation))),
            **({"content": shown} if shown else {}),
            **({"links": links} if links else {}),
        }

    def _problem(self, operation: Operation, status: int, types: list[str]) -> Schema:
        headers = dict.fromkeys(header for slug in types for header in OF_PROBLEMS.get(slug, ()))
        narrowed = {"properties": {"type": {"enum": types}, "status": {"const": status}}}
        schema = {"allOf": [self.schemas.sent(shapes.HttpProblem), narrowed]}
        return {
            "description": ", ".join(f"`{slug}`" for slug in types),
            **self._headers((*headers, *answering(operation))),
            "content": {CONTENT_TYPE: {"schema": schema}},
        }

    def _headers(self, headers: Iterable[Header]) -> Schema:
        found = {header.name: described(header, self.schemas.sent(header.type)) for header in headers}
        return {"headers": found | {header.name: {"$ref": f"#/components/headers/{header.name}"} for header in OF_ANY}}

    def _links(self, endpoint: Endpoint, answer: Answer) -> Schema:
        """To each other operation whose path the answer's body can fill."""
        known = _members(answer.shape)
        return {
            other.name: {
                "operationId": other.name,
                "parameters": {name: f"$response.body#/{name}" for name in other.path_names},
            }
            for other in self.endpoints
            if other is not endpoint and other.path_names and known.issuperset(other.path_names)
        }


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def answering(operation: Operation) -> Iterator[Header]:
    return (header.answered for header in operation.headers if header.answered)


def _meaning(answer: Answer, status: int) -> str:
    words: str | None = getattr(answer.shape, "__doc__", None)
    ours = words and getattr(answer.shape, "__module__", "").startswith("orderflow")
    return words.partition("\n\n")[0] if words and ours else HTTPStatus(status).phrase


def _members(shape: Any) -> set[str]:  # noqa: ANN401 - a shape
    """The names that every body of this shape has."""
    shapes_of = get_args(shape) or (shape,)
    return set.intersection(*(set(get_type_hints(one)) if isinstance(one, type) else set() for one in shapes_of))
