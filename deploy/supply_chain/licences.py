"""docs/licences.md: under which licence each distribution comes, and which part of the project brings it.

`python -m deploy.supply_chain.licences FILE`, in an environment with every extra installed.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from deploy.supply_chain.distributions import SERVICE, parts_of_distributions

HEAD = """# Licences

Made by `make licences` from what the distributions say of themselves; versions are in `constraints.txt`. orderflow
itself is under the [MIT licence](../LICENSE). The image has what the service brings, and the extras it was built with.
Everything else runs on the machines of those who develop and try it. Programs under the GPL (SecantusDB, pylint,
hadolint) run as processes of their own and are never imported, which `make check` proves.

| distribution | licence | brought by |
|---|---|---|
"""


def main(path: Path) -> None:
    path.write_text(HEAD + "".join(rows(installed_licences())))


def rows(licences: Mapping[str, str]) -> list[str]:
    """A row for each distribution that the project brings."""
    return [
        f"| {name} | {licences[name]} | {', '.join(_importance(parts))} |\n"
        for name, parts in sorted(parts_of_distributions().items())
        if name in licences
    ]


def installed_licences() -> Mapping[str, str]:
    """Distribution -> its licence, from its metadata or else its classifiers."""
    listing = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--with-system"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {canonicalize_name(found["Name"]): found["License"] for found in json.loads(listing.stdout)}


def _importance(parts: list[str]) -> list[str]:
    """What the service brings is everywhere, so no extra needs naming beside it."""
    return [SERVICE] if SERVICE in parts else parts


if __name__ == "__main__":
    main(Path(sys.argv[1]))
