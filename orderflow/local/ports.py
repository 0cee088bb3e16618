"""Free TCP ports on the loopback interface."""

import fcntl
import os
import secrets
import socket
import tempfile
from pathlib import Path

from orderflow.local.waiting import comes_true

HOST = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections: a port that is free
# here is not taken by somebody's client before the server listens on it, nor while it restarts.
FIRST, COUNT = 20_000, 12_000


def free_port(preferred: int | None = None, *, within: float = 0.0) -> int:
    """Return a port of 127.0.0.1 on which nobody listens: the preferred one if it can be had in so many seconds.

    A killed process holds its ports until its last thread has ended, a moment after it counts as dead.
    """
    if preferred and comes_true(lambda: is_free(preferred), within):
        return preferred
    for _ in range(1000):
        port = FIRST + secrets.randbelow(COUNT)
        if is_free(port):
            return port
    raise OSError(f"no free port between {FIRST} and {FIRST + COUNT - 1} on {HOST}")


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def claimed_port(first: int) -> int:
    """Return the first free port from this one on, which stays this process's own among those that claim theirs."""
    for port in range(first, first + 1000):
        if _claim(port):
            return port
    raise OSError(f"no free port between {first} and {first + 999} on {HOST}")


def _claim(port: int) -> bool:
    """The claim lasts as long as its file is open: until this process ends."""
    claim = os.open(Path(tempfile.gettempdir(), f"orderflow-{os.getuid()}-{port}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(claim)
        return False
    if is_free(port):
        return True
    os.close(claim)
    return False
