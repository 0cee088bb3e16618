"""What is served: each path with each of its methods, and what the view says of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from faust.web import Blueprint

from web.http.operations import Operation, said_of

_NARROWED = re.compile(r"\{(\w+):.*\}")
"""A name in a path, with what it may be."""
METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path, as in `/orders/{order_id}`."""

    path: str
    method: str
    operation: Operation

    @property
    def name(self) -> str:
        """The summary's words before any comma, without articles, as an identifier."""
        words = re.findall("[a-z0-9]+", self.operation.summary.partition(",")[0].lower())
        return "_".join(word for word in words if word not in ("a", "an", "the"))

    @property
    def path_names(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)


def path_of(route: str) -> str:
    """A route's path as people read it."""
    return _NARROWED.sub(r"{\1}", route)


def endpoints_of(blueprints: Iterable[Blueprint]) -> Iterator[Endpoint]:
    for blueprint in blueprints:
        for route in blueprint.routes:
            for method in METHODS:
                operation = said_of(getattr(route.handler, method, None))
                if operation:
                    yield Endpoint(path=path_of(route.uri), method=method, operation=operation)
