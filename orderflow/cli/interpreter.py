"""How Python itself is set for a role, which makes many objects and hardly a cycle, and waits in threads."""

import gc
import sys

_YOUNG, _MIDDLE, _OLD = 20_000, 10, 100
"""So many more objects made than freed, and so many rounds of the younger generation, before each is gone through."""
_SWITCH_SECONDS = 0.001


def collect_rarely() -> None:
    """Look for dead cycles as seldom as suits a role; to look among what modules leave is a sixth of importing them."""
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def tune() -> None:
    """Call it when everything is imported: what is there by now is never gone through again.

    By default Python looks for dead cycles among all of a worker's hot orders every few thousand commands, which is
    almost half of its work (180 us a command instead of 97), and lets a thread with a reply wait for 5 ms at a time
    (3 500 creations a second instead of 3 800); see docs/benchmarks.md.
    """
    gc.collect()
    gc.freeze()
    collect_rarely()
    sys.setswitchinterval(_SWITCH_SECONDS)
