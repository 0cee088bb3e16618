"""Whether the role of this container is ready: `python -m orderflow.health` ends with 0 or 1, for HEALTHCHECK.

It imports nothing of the service: a container runtime calls it every few seconds.
"""

import os
import sys
from collections.abc import Iterable
from urllib.request import ProxyHandler, build_opener

WEB, WORKER, INSIGHTS = "8080", "8081", "8082"
"""Where each role listens unless a setting says otherwise."""
SECONDS = 3.0
open_directly = build_opener(ProxyHandler({})).open
"""As urlopen(); no proxy of the environment leads to a role on this machine."""


def main() -> None:
    sys.exit(0 if ready(ports()) else 1)


def ports() -> list[str]:
    """Where a role may listen here; a container runs only one of them."""
    ops = os.environ.get("ORDERFLOW_OPS_PORT")
    return [os.environ.get("ORDERFLOW_HTTP_PORT") or WEB, *([ops] if ops else [WORKER, INSIGHTS])]


def ready(candidates: Iterable[str]) -> bool:
    """Whether something on one of these ports of this machine says that it is ready."""
    return any(_ready(port) for port in candidates)


def _ready(port: str) -> bool:
    try:
        with open_directly(f"http://127.0.0.1:{port}/readyz", timeout=SECONDS) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except OSError:  # What urllib raises for a refusal and for an answer that is none of success.
        return False


if __name__ == "__main__":
    main()
