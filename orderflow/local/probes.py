"""Does a server speak its protocol? One hand-made request each, so that no driver is needed to find out."""

import socket
import struct

from orderflow.local.ports import HOST

TIMEOUT = 1.0

# Metadata request (API key 3, version 1) that asks for no topic. Its answer lists the brokers
# that are in service; a Kafka that is still starting lists none.
METADATA = struct.pack(">hhihi", 3, 1, 1, -1, 0)

# OP_MSG {ping: 1, $db: "admin"}
PING = b"\x10ping\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0"
PING_DOCUMENT = struct.pack("<i", len(PING) + 5) + PING + b"\0"
PING_MESSAGE = struct.pack("<iiiiIb", 21 + len(PING_DOCUMENT), 1, 0, 2013, 0, 0) + PING_DOCUMENT
PING_OK = b"\x01ok\0" + struct.pack("<d", 1.0)


def kafka_answers(port: int) -> bool:
    """Whether a Kafka protocol broker on this port counts itself in service."""
    answer = _ask(port, struct.pack(">i", len(METADATA)) + METADATA, at_least=12)
    return bool(struct.unpack(">iii", answer[:12])[2])


def mongo_answers(port: int) -> bool:
    """Whether a MongoDB protocol server on this port answers `ping`."""
    return PING_OK in _ask(port, PING_MESSAGE, at_least=21 + 5 + len(PING_OK))


def redis_answers(port: int) -> bool:
    """Whether a Redis protocol server on this port answers `PING`, which it does not while it loads its data."""
    return _ask(port, b"PING\r\n", at_least=7) == b"+PONG\r\n"


def _ask(port: int, request: bytes, *, at_least: int) -> bytes:
    """Send the request and return the first bytes of the answer; OSError when there is none."""
    with socket.create_connection((HOST, port), TIMEOUT) as connection:
        connection.sendall(request)
        answer = b""
        while len(answer) < at_least:
            part = connection.recv(4096)
            if not part:
                raise ConnectionError(f"{HOST}:{port} closed the connection")
            answer += part
        return answer
