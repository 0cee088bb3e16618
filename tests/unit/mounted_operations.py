"""What the facade serves, as the router has it."""

from collections.abc import Iterator

from faust.web import View

from web.http.operations import Operation, operation_of
from web.mount import BLUEPRINTS
from web.openapi.endpoints import path_of


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Every one that is mounted, whoever wrote it."""
    for blueprint in BLUEPRINTS:
        for route in blueprint.routes:
            for method in ("get", "post", "put", "patch", "delete", "options", "search"):
                handler = getattr(route.handler, method)
                if handler is not getattr(View, method):
                    yield method.upper(), path_of(route.uri), operation_of(handler)
