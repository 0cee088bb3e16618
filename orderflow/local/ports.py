"""Free TCP ports on the loopback interface."""

import contextlib
import secrets
import socket

HOST = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections: a port that is free
# here is not taken by somebody's client before the server listens on it, nor while it restarts.
FIRST, COUNT = 20_000, 12_000


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    for _ in range(1000):
        port = FIRST + secrets.randbelow(COUNT)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    raise OSError(f"no free port between {FIRST} and {FIRST + COUNT - 1} on {HOST}")
