"""docs/api.md as a script: its commands, the answers that it shows, and whether those are the ones that came."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.documented import OF_ANY_ANSWER

_FENCES = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "==== end of an example ===="


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What a `sh` block runs; `answer` is the `http` block after it, where there is one."""

    line: int
    command: str
    answer: str | None


def examples(document: str) -> list[Example]:
    found: list[Example] = []
    for fence in _FENCES.finditer(document):
        kind, content = fence.groups()
        if kind == "sh":
            line = document.count("\n", 0, fence.start()) + 1
            found.append(Example(line=line, command=content, answer=None))
        elif kind == "http":
            found[-1] = Example(line=found[-1].line, command=found[-1].command, answer=content)
    return found


def script(shown: list[Example], places: Mapping[str, str]) -> str:
    """All commands for one shell; `places` tells where things are that the document names."""
    run = "set -e\n" + "".join(f"{example.command}\necho; echo '{_END}'\n" for example in shown)
    for named, place in places.items():
        run = run.replace(named, place)
    return run


def outputs(printed: str) -> list[str]:
    """What the script printed, by example."""
    return printed.split(f"\n{_END}\n")[:-1]


def differences(example: Example, came: str) -> Iterator[str]:
    """`...` stands for anything; headers that any answer has need not be shown."""
    head, body = _parted(example.answer or "")
    came_head, came_body = _parted(came.replace("\r\n", "\n"))
    if head[:1] != came_head[:1]:
        yield f"the answer is {came_head[:1]}, not {head[:1]}"
    yield from _in_headers(_headers(head[1:]), _headers(came_head[1:]))
    yield from _in_bodies(body.strip(), came_body.strip())


def _parted(answer: str) -> tuple[list[str], str]:
    head, _, body = answer.partition("\n\n")
    return head.strip().split("\n"), body


def _headers(lines: list[str]) -> dict[str, str]:
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _in_headers(shown: dict[str, str], came: dict[str, str]) -> Iterator[str]:
    for name, value in shown.items():
        if not _matches(value, came.get(name, "")):
            yield f"{name} is {came.get(name)!r}, not {value!r}"
    for name, value in came.items():
        if name not in shown and not OF_ANY_ANSWER.fullmatch(name):
            yield f"{name}: {value} is not shown"


def _in_bodies(shown: str, came: str) -> Iterator[str]:
    try:
        said = json.loads(shown)
    except ValueError:
        if not _matches(shown, came):
            yield f"the body is {came!r}"
    else:
        yield from _in_json(said, json.loads(came), "#")


def _in_json(shown: Any, came: Any, place: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(shown, str) and (shown == "..." or (isinstance(came, str) and _matches(shown, came))):
        return
    if isinstance(shown, dict) and isinstance(came, dict):
        for name in shown.keys() ^ came.keys():
            yield f"{place}/{name} is {'shown' if name in shown else 'there'} only"
        for name in shown.keys() & came.keys():
            yield from _in_json(shown[name], came[name], f"{place}/{name}")
    elif isinstance(shown, list) and isinstance(came, list) and len(shown) == len(came):
        for number, pair in enumerate(zip(shown, came, strict=True)):
            yield from _in_json(*pair, f"{place}/{number}")
    elif shown != came:
        yield f"{place} is {came!r}, not {shown!r}"


def _matches(shown: str, came: str) -> bool:
    return re.fullmatch(".+".join(map(re.escape, shown.split("..."))), came, re.DOTALL) is not None
