"""What orderflow depends on is bounded, pinned, listed with its licence; what nobody looked up is not clean."""

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.supply_chain.distributions import ROOT, parts_of_distributions, pinned, requirements
from deploy.supply_chain.licences import installed_licences, rows
from deploy.supply_chain.vulnerabilities import CLEAN, UNCHECKED, VULNERABLE, Audited, judged

REQUIREMENTS = [requirement for wanted in requirements().values() for requirement in wanted]
SOUND: Audited = {"name": "faust-streaming", "version": "0.15.3", "vulns": []}
HOLED: Audited = {"name": "aiohttp", "version": "3.13.0", "vulns": [{"id": "CVE-2026-1"}]}
UNKNOWN: Audited = {"name": "motor", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_every_requirement_has_bounds_and_a_pinned_version_within(requirement: Requirement) -> None:
    operators = {bound.operator for bound in requirement.specifier}
    assert operators & {"==", "~="} or (operators & {">=", ">"} and operators & {"<", "<="})
    assert requirement.specifier.contains(pinned()[canonicalize_name(requirement.name)], prereleases=True)


def test_everything_that_they_bring_is_pinned_to_what_is_installed() -> None:
    brought = {name: found for name in parts_of_distributions() if (found := _installed(name))}
    assert {name: pinned().get(name) for name in brought} == brought


def test_the_list_of_licences_says_what_the_distributions_say() -> None:
    listed = brought((ROOT / "docs/licences.md").read_text())
    installed = brought("".join(rows(installed_licences())))
    assert [named for named, parts in installed.items() if not parts <= listed.get(named, set())] == [], "make licences"
    assert {named.split()[1] for named in listed} <= set(pinned()), "make licences"


def brought(table: str) -> Mapping[str, set[str]]:
    """Name and licence -> the parts that bring it. What `make setup` leaves out brings nothing here."""
    found = re.findall(r"^(\| [a-z0-9-]+ \| .*) \| (.*) \|$", table, re.MULTILINE)
    return {named: set(parts.split(", ")) for named, parts in found if named != "| distribution | licence"}


def test_the_service_brings_nothing_under_the_gpl() -> None:
    licences = installed_licences()
    service = [name for name, parts in parts_of_distributions().items() if "service" in parts]
    assert [name for name in service if re.search(r"\bA?GPL|General Public", licences[name])] == []
    assert "GPL" in licences["secantusdb"]
    assert parts_of_distributions()["secantusdb"] == ["local"]


@pytest.mark.parametrize(
    ("audited", "verdict"),
    [
        ([SOUND], CLEAN),
        ([SOUND, HOLED], VULNERABLE),
        ([SOUND, UNKNOWN], UNCHECKED),
        ([HOLED, UNKNOWN], VULNERABLE),
        ([], UNCHECKED),
    ],
)
def test_only_what_was_looked_up_counts_as_clean(audited: list[Audited], verdict: int) -> None:
    assert judged(audited)[0] == verdict


def test_a_hole_is_named_with_its_distribution() -> None:
    assert "aiohttp 3.13.0: CVE-2026-1" in judged([HOLED])[1]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
