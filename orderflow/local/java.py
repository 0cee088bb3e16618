"""Which Java this machine has."""

import re
import shutil
import subprocess

OLDEST = 17  # what Apache Kafka 4 needs


def java_version(report: str) -> int | None:
    """Read the feature release from what `java -version` prints: 17 of `"17.0.15"`, 8 of `"1.8.0_392"`."""
    found = re.search(r'version "(?:1\.)?(\d+)', report)
    return int(found[1]) if found else None


def installed_java() -> int | None:
    """Return the feature release of the `java` on PATH; None when there is none that works."""
    java = shutil.which("java")
    if java is None:
        return None
    report = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    return java_version(report.stderr + report.stdout)
