"""HTTP bodies in: which dead letters an operator means, and what is to be done with them."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Len, Predicate
from pydantic import ConfigDict, TypeAdapter
from pydantic.config import JsonDict, JsonValue

from orderflow.domain.limits import Documented
from orderflow.domain.problems import Problem
from orderflow.wire.bodies import CLOSED, read_closed
from orderflow.wire.commands import Stage
from orderflow.wire.letters import LETTER_ID, is_letter_id
from orderflow.wire.moments import Moment

MAX_IDS = 1_000

LetterName = Annotated[str, Predicate(is_letter_id), Documented(pattern=LETTER_ID.pattern)]


def _said(name: str, **what: JsonValue) -> JsonDict:
    return {"required": [name], "properties": {name: what}}


_CHOICE: list[JsonValue] = [
    _said("ids", minItems=1),
    _said("all", const=True),
    _said("stage", type="string"),
    _said("key", type="string"),
    _said("since", type="string"),
    _said("until", type="string"),
]
_CHOOSING = ConfigDict(**CLOSED, json_schema_extra={"anyOf": _CHOICE})
"""As the schema says it; selection_of() enforces it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeBody:
    """Of `POST /admin/dead-letters/purge`: `since` and `until` are read like those of the command line."""

    __pydantic_config__ = _CHOOSING
    ids: Annotated[tuple[LetterName, ...], Len(0, MAX_IDS)] = ()
    stage: Stage | None = None
    key: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    all: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayBody(PurgeBody):
    """Of `POST /admin/dead-letters/replay`."""

    __pydantic_config__ = _CHOOSING
    force: bool = False


_PURGE = TypeAdapter(PurgeBody)
_REPLAY = TypeAdapter(ReplayBody)


def read_purge(value: bytes) -> PurgeBody | Problem:
    return read_closed(value, _PURGE)


def read_replay(value: bytes) -> ReplayBody | Problem:
    return read_closed(value, _REPLAY)
