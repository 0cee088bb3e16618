"""Waiting for a process, a port or a server, with a deadline."""

import time
from collections.abc import Callable

POLL = 0.02


def comes_true(condition: Callable[[], object], within: float) -> bool:
    """Whether it does in so many seconds; it is asked once at least."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL)
    return True
