"""A load generator in a process of its own: a Job in on stdin, raw HTTP/1.1 on kept connections, a Load out."""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import cast
from urllib.parse import urlsplit

import orjson
import uvloop

from benchmarks.http_job import Job, Load
from benchmarks.http_requests import requests
from benchmarks.saying import say
from benchmarks.statistics import percentile
from orderflow.local.ports import HOST

WARM_SHARE = 0.15
"""Of the time, left out at its beginning."""
ANSWER_SECONDS = 30.0

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(rb'"(?:order_id|id|_id)" *: *"([^"]+)"')


@dataclass(slots=True)
class Tally:
    """What the connections of a run have seen. Seconds are those of the loop's clock."""

    begin: float
    end: float
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    hits: int = 0
    errors: int = 0
    total: int = 0
    last: float = 0.0
    created: list[str] = field(default_factory=list)

    def answered(self, sent: float, now: float, head: bytes, body: bytes) -> None:
        status = head[9:12].decode()
        self.total += 1
        if status in ("201", "202") and (found := _ID.search(body)):
            self.created.append(found[1].decode())
        if self.begin <= now <= self.end:
            self.latencies.append(now - sent)
            self.statuses[status] += 1
            self.hits += b"X-Cache: HIT" in head
            self.last = now


class Connection(asyncio.Protocol):
    """Sends its next request as soon as the last one is answered, until the time is over."""

    def __init__(self, wanted: Iterator[bytes], tally: Tally) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._wanted, self._tally = wanted, tally
        self._buffer, self._sent = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are no subclass of it.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._next(time.perf_counter())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if separator and _is_whole(head, body):
            now = time.perf_counter()
            self._tally.answered(self._sent, now, head, body)
            self._buffer = b""
            self._next(now)

    def connection_lost(self, _reason: Exception | None) -> None:
        if not self.done.done():
            self._tally.errors += 1
            self.done.set_result(None)

    def _next(self, now: float) -> None:
        request = next(self._wanted, None) if now < self._tally.end else None
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = now
        self._transport.write(request)


def _is_whole(head: bytes, body: bytes) -> bool:
    length = _LENGTH.search(head)
    if length:
        return len(body) >= int(length[1])
    # Without a length it is chunked, or has no body at all.
    return body.endswith(b"0\r\n\r\n") or head[9:12] in (b"204", b"304")


async def run(job: Job) -> Load:
    address = urlsplit(job.url)
    begin = time.perf_counter()
    tally = Tally(begin + job.seconds * WARM_SHARE, begin + job.seconds)
    loop, connections = asyncio.get_running_loop(), []
    for wanted in requests(job, address.netloc):
        connection = Connection(wanted, tally)
        connections.append(connection)
        await loop.create_connection(lambda each=connection: each, address.hostname or HOST, address.port or 80)  # type: ignore[misc]
    await asyncio.wait([connection.done for connection in connections], timeout=job.seconds + ANSWER_SECONDS)
    latencies = sorted(tally.latencies) or [0.0]
    return Load(
        rate=len(tally.latencies) / max(tally.last - tally.begin, 1e-9),
        p50=percentile(latencies, 0.5) * 1000,
        p99=percentile(latencies, 0.99) * 1000,
        statuses=dict(tally.statuses),
        hits=tally.hits,
        created=tally.created,
        total=tally.total,
        errors=tally.errors + sum(not connection.done.done() for connection in connections),
    )


if __name__ == "__main__":
    told = Job(**orjson.loads(sys.stdin.buffer.read()))
    say(asdict(uvloop.run(run(told))))
