"""Entity tags (RFC 9110, 13): an order's is its version, so `If-Match` becomes the command's expected version."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from orderflow.domain import problems
from orderflow.wire.bodies import CancelBody, ChangeStateBody
from orderflow.wire.problems import malformed_header, precondition_failed
from web.refusals import RefusedError

_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_TAGS = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*")
_VERSION = re.compile(r'"([1-9][0-9]{0,8})"')

Change = TypeVar("Change", ChangeStateBody, CancelBody)


def etag(version: int) -> str:
    return f'"{version}"'


def version_matched(headers: Iterable[str]) -> int | None:
    """The version that `If-Match` names; None without the header or for `*`, which any order matches."""
    value = ", ".join(headers).strip()
    if value in ("", "*"):
        return None
    if not _TAGS.fullmatch(value):
        raise RefusedError(malformed_header("If-Match", 'has to be an entity tag such as "3"'))
    tags = re.findall(_TAG, value)
    versions = [int(found[1]) for tag in tags if (found := _VERSION.fullmatch(tag))]
    if len(versions) > 1:
        raise RefusedError(malformed_header("If-Match", "may name one version only"))
    if not versions:
        raise RefusedError(precondition_failed(value, None))
    return versions[0]


def expecting(body: Change, version: int | None) -> Change:
    """The body, with the version that `If-Match` names as the expected one."""
    if version is None or body.expected_version == version:
        return body
    if body.expected_version is not None:
        raise RefusedError(
            problems.validation([{"pointer": "#/expected_version", "detail": "is not what If-Match says"}])
        )
    return replace(body, expected_version=version)


def is_known(headers: Iterable[str], version: int) -> bool:
    """Whether `If-None-Match` names this version, or any; weak comparison."""
    tags = [tag.strip().removeprefix("W/") for tag in ",".join(headers).split(",")]
    return "*" in tags or etag(version) in tags
