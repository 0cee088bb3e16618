"""`/` and the files that the dashboard is made of. They show no data and are open; the page asks for a key itself."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.wire.problems import route_not_found
from web.http.headers import ETAG, OF_READS
from web.http.operations import Answer, operation
from web.http.preconditions import etag, is_known
from web.http.refusals import RefusedError
from web.http.resource import Resource

STATIC = Path(__file__).parent / "static"
PAGE = "index.html"
MEDIA_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Its own files and nothing from elsewhere, no styles in its markup, and no way from a text to markup or a script."""

blueprint = Blueprint("dashboard")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """A file as it is served; its entity tag is a hash of it, so that a browser never mixes two versions for long."""

    content: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, path: Path) -> "PageFile":
        content = path.read_bytes()
        return cls(
            content=content,
            media_type=MEDIA_TYPES[path.suffix],
            tag=etag(hashlib.sha256(content).hexdigest()[:16]),
        )


FILES: Mapping[str, PageFile] = {path.name: PageFile.of(path) for path in sorted(STATIC.iterdir())}


@blueprint.route("/", name="page")
class Page(Resource):
    """What an operator opens."""

    @operation(
        "Show what the service does, to people",
        scope=None,
        headers=OF_READS,
        answers={200: Answer(shape=str, headers=(ETAG,), media_type="text/html"), 304: Answer(headers=(ETAG,))},
        problems=("precondition-failed",),
    )
    async def get(self, request: Request) -> Response:
        return _answer(request, FILES[PAGE])


@blueprint.route("/dashboard/{file}", name="file")
class DashboardFile(Resource):
    """What that page is made of."""

    @operation(
        "Give a file of the dashboard",
        scope=None,
        headers=OF_READS,
        answers={200: Answer(shape=str, headers=(ETAG,), media_type="*/*"), 304: Answer(headers=(ETAG,))},
        problems=("precondition-failed", "route-not-found"),
    )
    async def get(self, request: Request, file: str) -> Response:
        if file not in FILES or file == PAGE:
            raise RefusedError(route_not_found())
        return _answer(request, FILES[file])


def _answer(request: Request, file: PageFile) -> Response:
    headers = {"Content-Security-Policy": POLICY, "ETag": file.tag}
    if is_known(request, file.tag):
        return Response(status=304, headers=headers)
    return Response(body=file.content, content_type=file.media_type, charset="utf-8", headers=headers)
