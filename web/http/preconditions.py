"""Preconditions (RFC 9110, 13): an order's entity tag is its version, so `If-Match` becomes the expected version.

There is no Last-Modified, so the conditions on dates are passed over, as the RFC asks.
"""

import re
from dataclasses import dataclass

from aiohttp.web import Request

from orderflow.domain.problems import Problem
from orderflow.wire.problems import malformed_header, precondition_failed
from web.http.refusals import RefusedError, printable

_TAG = r'(?:W/)?"[^\x00-\x20"\x7f]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
TAGS = r'([*]|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)'
"""A whole precondition, as documents show it; what RFC 9110 allows besides, such as other spaces, is read too."""
_VERSION = re.compile(r'"([1-9][0-9]{0,8})"')


def etag(word: object) -> str:
    return f'"{word}"'


@dataclass(frozen=True, slots=True)
class Tags:
    """What a precondition names: any representation, or those with these entity tags."""

    any: bool = False
    tags: tuple[str, ...] = ()

    def names(self, tag: str) -> bool:
        """Strong comparison: a weak tag names nothing. `tag` is a strong one."""
        return self.any or tag in self.tags

    def names_weakly(self, tag: str) -> bool:
        return self.any or tag in (named.removeprefix("W/") for named in self.tags)

    @property
    def versions(self) -> list[int]:
        """The versions of an order that are named strongly."""
        return [int(found[1]) for tag in self.tags if (found := _VERSION.fullmatch(tag))]

    def __str__(self) -> str:
        return "*" if self.any else printable(", ".join(self.tags))


def read_tags(request: Request, header: str) -> Tags | None:
    """None without the header; several lines of it are one list. Raises RefusedError."""
    lines = request.headers.getall(header, ())
    return tags_of(header, ", ".join(lines)) if lines else None


def tags_of(header: str, value: str) -> Tags:
    if value.strip(" \t") == "*":
        return Tags(any=True)
    if not _TAGS.fullmatch(value):
        raise RefusedError(malformed_header(header, 'has to be * or entity tags such as "3"'))
    return Tags(tags=tuple(re.findall(_TAG, value)))


def is_known(request: Request, tag: str, version: int | None = None) -> bool:
    """Whether a read is answered by 304. Raises RefusedError: `If-Match` comes first, on reads too."""
    wanted, known = read_tags(request, "If-Match"), read_tags(request, "If-None-Match")
    if wanted and not wanted.names(tag):
        raise RefusedError(precondition_failed(str(wanted), version))
    return known is not None and known.names_weakly(tag)


def as_precondition(problem: Problem) -> Problem:
    """A version conflict as whoever sent `If-Match` has to be told of it; any other problem as it is."""
    if problem.type != "version-conflict":
        return problem
    return precondition_failed(f'"{problem.extra.get("expected_version")}"', problem.extra.get("current_version"))
