"""Where the lines go that tell a person what the servers are doing."""

import sys
from collections.abc import Callable

Say = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Show one line at once, without mixing it into what a command prints on stdout."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
