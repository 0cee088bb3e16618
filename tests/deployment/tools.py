"""Programs that check deployment files: of `make tools`, which CI runs before, or of the system."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PLACES = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


def found(name: str) -> str | None:
    return shutil.which(name, path=PLACES)


def output_of(name: str, *words: str | Path) -> str:
    """What the program writes; fails with all that it says where it does not end well."""
    program = found(name)
    assert program, f"{name} is missing"
    ended = subprocess.run([program, *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def documents(text: str) -> Iterator[dict[str, Any]]:
    return iter(yaml.safe_load_all(text))


def document(path: str) -> Any:  # noqa: ANN401 - whatever the file says
    return yaml.safe_load((ROOT / path).read_text())
