"""The server programs that came with the `local` extra, found without importing the packages that carry them."""

import importlib.util
import sys
from pathlib import Path

from orderflow.local.errors import ServerDidNotStart

HINT = "install it with `pip install -e '.[local]'` (CPython 3.11 to 3.13)"


def script(name: str) -> Path:
    """Return the console script of that name beside the running Python."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise ServerDidNotStart(f"{name} is not installed beside {sys.executable}: {HINT}")
    return path


def binary(package: str, pattern: str) -> Path:
    """Return the one file of a package that matches the glob pattern."""
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in Path(folder).glob(pattern):
            return path
    raise ServerDidNotStart(f"the package {package} is not installed for {sys.executable}: {HINT}")
