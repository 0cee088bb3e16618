"""What runs here: Python and the packages, held against the bounds that pyproject.toml names."""

import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from orderflow.doctor.finding import Finding, ok, wrong

OLDEST, NEWEST = (3, 11), (3, 13)
_SHOWN = ("faust-streaming", "aiokafka", "motor", "redis", "aiohttp")
_REMEDY = "`make setup` installs what was tested"


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    said = ".".join(map(str, version))
    if OLDEST <= version[:2] <= NEWEST:
        return ok("Python", said)
    return wrong("Python", f"{said} is not one of 3.11 to 3.13", "`make PYTHON=python3.12 setup`")


def packages() -> Iterator[Finding]:
    """One for each package that is missing or out of bounds; one in all where none is."""
    try:
        wanted = [Requirement(line) for line in metadata.requires("orderflow") or ()]
    except metadata.PackageNotFoundError:
        yield ok("packages", "not checked: orderflow runs without being installed")
        return
    needed = [each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    unfit = [finding for each in needed for finding in _unfit(each)]
    yield from unfit
    if not unfit:
        yield ok("packages", ", ".join(f"{name} {metadata.version(name)}" for name in ("orderflow", *_SHOWN)))


def _unfit(requirement: Requirement) -> Iterator[Finding]:
    subject = f"package {requirement.name}"
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        yield wrong(subject, "is not installed", _REMEDY)
        return
    if not requirement.specifier.contains(found, prereleases=True):
        yield wrong(subject, f"is {found}, not {requirement.specifier}", _REMEDY)
