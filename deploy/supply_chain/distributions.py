"""Which distributions each part of the project brings, as pyproject.toml and what is installed here say."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
SERVICE = "service"
"""The part that is always installed; the others are the extras."""
INSTALLERS = {"pip", "setuptools"}
"""Each environment has its own from the start: nothing pins them."""


def requirements() -> Mapping[str, list[Requirement]]:
    """What pyproject.toml asks for, by part."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    parts = {SERVICE: project["dependencies"], **project["optional-dependencies"]}
    return {part: [Requirement(line) for line in lines] for part, lines in parts.items()}


def pinned() -> Mapping[str, str]:
    """Distribution -> the version in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def parts_of_distributions() -> Mapping[str, list[str]]:
    """Distribution -> the parts that bring it, directly or not; of what is installed here."""
    found: dict[str, list[str]] = {}
    for part, wanted in requirements().items():
        for name in sorted(_closure(wanted)):
            found.setdefault(name, []).append(part)
    return found


def _closure(wanted: list[Requirement]) -> set[str]:
    seen: set[tuple[str, frozenset[str]]] = set()
    left = [(requirement, frozenset[str]()) for requirement in wanted]
    while left:
        requirement, extras = left.pop()
        known = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if known not in seen and _applies(requirement, extras):
            seen.add(known)
            left.extend((further, known[1]) for further in _requirements_of(known[0]))
    return {name for name, _ in seen} - INSTALLERS


def _requirements_of(name: str) -> Iterator[Requirement]:
    try:
        yield from map(Requirement, requires(name) or [])
    except PackageNotFoundError:
        return


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    return not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in (*extras, ""))
