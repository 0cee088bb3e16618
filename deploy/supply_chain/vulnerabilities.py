"""Known vulnerabilities of everything in constraints.txt, by pip-audit.

`python -m deploy.supply_chain.vulnerabilities` ends with 0 when all were looked up and none has any, with 1 when
one has, and with 3 when not all could be looked up: pip-audit itself passes over what its service does not answer for.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.supply_chain.distributions import ROOT

CLEAN, VULNERABLE, UNCHECKED = 0, 1, 3
SECONDS = 300
Audited = Mapping[str, Any]


def main() -> None:
    verdict, words = judged(audit())
    sys.stdout.write(f"{words}\n")
    sys.exit(verdict)


def audit() -> Sequence[Audited]:
    """What pip-audit found of each distribution; nothing where it did not get so far."""
    command = ["pip_audit", "-r", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip", "-f", "json"]
    try:
        ended = subprocess.run(
            [sys.executable, "-m", *command], capture_output=True, text=True, check=False, timeout=SECONDS
        )
        found: Sequence[Audited] = json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return []
    return found


def judged(audited: Sequence[Audited]) -> tuple[int, str]:
    """The exit code, and what to say."""
    holes = [f"{found['name']} {found['version']}: {hole['id']}" for found in audited for hole in _holes(found)]
    unchecked = [found["name"] for found in audited if "skip_reason" in found]
    if holes:
        return VULNERABLE, "\n".join(("known vulnerabilities:", *holes))
    if unchecked or not audited:
        many = f"{len(unchecked)} of {len(audited)} distributions" if audited else "no distribution at all"
        return (
            UNCHECKED,
            f"NOT CHECKED for known vulnerabilities: {many}; the service that knows did not answer",
        )
    return CLEAN, f"no known vulnerability in {len(audited)} distributions"


def _holes(found: Audited) -> Sequence[Mapping[str, Any]]:
    holes: Sequence[Mapping[str, Any]] = found.get("vulns", [])
    return holes


if __name__ == "__main__":
    main()
