"""The bytes of every request, made before they are needed where that can be."""

from collections.abc import Iterator
from itertools import chain, count, cycle

import orjson

from benchmarks.http_job import Job, Kind

_ITEMS = [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]


def requests(job: Job, host: str) -> list[Iterator[bytes]]:
    """For each connection its own: an order's changes must stay in order."""
    prefer = "Prefer: respond-async\r\n" if job.respond_async else ""
    bearer = f"Authorization: Bearer {job.credentials}\r\n" if job.credentials else ""
    head = f"Host: {host}\r\nContent-Type: application/json\r\n{prefer}{bearer}"
    match job.kind:
        case Kind.CREATE:
            return [_creates(job.clients, head)] * job.connections
        case Kind.CHANGE:
            shares = (job.ids[number :: job.connections] for number in range(job.connections))
            return [_changes(share, job.ladder, head) for share in shares]
        case Kind.READ:
            return [_gets([f"/orders/{order_id}" for order_id in job.ids], head, repeat=job.repeat)] * job.connections
        case Kind.LIST:
            paths = [f"/orders?client_id={client}&state=created" for client in job.clients]
            return [_gets(paths, head, repeat=job.repeat)] * job.connections


def _creates(clients: list[str], head: str) -> Iterator[bytes]:
    bodies = [orjson.dumps({"client_id": client, "items": _ITEMS}) for client in clients]
    return cycle([_request("POST", "/orders", head, body) for body in bodies])


def _changes(ids: list[str], ladder: list[str], head: str) -> Iterator[bytes]:
    bodies = [orjson.dumps({"new_state": state}) for state in ladder]
    for order_id, body in ((order_id, body) for order_id in ids for body in bodies):
        yield _request("PUT", f"/orders/{order_id}/state", head, body)


def _gets(paths: list[str], head: str, *, repeat: bool) -> Iterator[bytes]:
    made = [_request("GET", path, head, b"") for path in paths]
    return chain.from_iterable(made for _ in (count() if repeat else range(1)))


def _request(method: str, path: str, head: str, body: bytes) -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\n{head}{length}\r\n".encode() + body
