"""`/openapi.json`, `/asyncapi.json` and `/docs`: what others read to work with us. They show no data and are open."""

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aiohttp.web import AppKey, Request, Response
from faust.web import Blueprint

from orderflow.wire.problems import route_not_found
from web.facade import facade_of
from web.http.answers import json_answer
from web.http.operations import Answer, operation
from web.http.refusals import RefusedError
from web.http.resource import Resource

OPENAPI = AppKey("openapi", bytes)

_OURS = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".png": "image/png"}
_KEPT = {"Cache-Control": "public, max-age=3600"}

blueprint = Blueprint("documents")


@blueprint.route("/openapi.json", name="openapi")
class OpenApi(Resource):
    """What is served over HTTP."""

    @operation("Describe the HTTP API, as OpenAPI", scope=None, answers={200: dict[str, Any]})
    async def get(self, request: Request) -> Response:
        return json_answer(request.app[OPENAPI])


@blueprint.route("/asyncapi.json", name="asyncapi")
class AsyncApi(Resource):
    """What goes over Kafka."""

    @operation("Describe the topics, as AsyncAPI", scope=None, answers={200: dict[str, Any]})
    async def get(self, request: Request) -> Response:
        return json_answer(facade_of(request).asyncapi)


@blueprint.route("/docs", name="page")
class Page(Resource):
    """Swagger UI, from files of this machine."""

    @operation("Show the HTTP API to people", scope=None, answers={200: Answer(shape=str, media_type="text/html")})
    async def get(self, _request: Request) -> Response:
        return await _file(_OURS / "docs.html")


@blueprint.route("/docs/{file}", name="file")
class PageFile(Resource):
    """What the page is made of."""

    @operation(
        "Give a file of that page",
        scope=None,
        answers={200: Answer(shape=str, media_type="*/*")},
        problems=("route-not-found",),
    )
    async def get(self, _request: Request, file: str) -> Response:
        if file not in _FILES:
            raise RefusedError(route_not_found())
        return await _file(_FILES[file])


async def _file(path: Path) -> Response:
    content = await asyncio.to_thread(path.read_bytes)
    text = _TYPES[path.suffix]
    return Response(
        body=content, content_type=text, charset="utf-8" if text.startswith("text/") else None, headers=_KEPT
    )


def _swagger_ui() -> Path:
    """Its files come in a package whose code is never imported."""
    package = find_spec("flask_swagger_ui")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("flask-swagger-ui, which brings the files of /docs, is not installed")
    return Path(package.origin).parent / "dist"


_FILES = {
    "docs.js": _OURS / "docs.js",
    **{name: _swagger_ui() / name for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")},
}
