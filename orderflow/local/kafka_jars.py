"""Apache Kafka's jars, fetched once per machine with Maven."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from orderflow.local.errors import ServerDidNotStart
from orderflow.local.notices import Say

VERSION = "4.1.0"  # as in pom.xml
POM = Path(__file__).with_name("pom.xml")


def cache_folder() -> Path:
    """Return where the jars of this version are kept; it survives every data directory."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "orderflow" / f"kafka-{VERSION}"


def available() -> bool:
    """Whether the jars are here or can be fetched."""
    return cache_folder().is_dir() or shutil.which("mvn") is not None


def jars(say: Say) -> Path:
    """Return the folder with the jars, fetching them first when they are not there; safe with two callers at once."""
    folder = cache_folder()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            say(f"fetching Apache Kafka {VERSION} (43 MB, once) ...")
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    """Copy the jars next to the folder first, so that it is never seen half full."""
    with tempfile.TemporaryDirectory(prefix=folder.name, dir=folder.parent) as scratch:
        target = Path(scratch) / "lib"
        command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
        fetched = subprocess.run([*command, f"-DoutputDirectory={target}"], capture_output=True, text=True, check=False)
        if fetched.returncode:
            raise ServerDidNotStart(
                f"Apache Kafka {VERSION} could not be fetched: check that Maven reaches its repository"
                f" (`{' '.join(command)}`):\n{(fetched.stdout + fetched.stderr)[-2000:]}"
            )
        target.rename(folder)
