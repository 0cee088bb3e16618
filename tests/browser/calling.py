"""Requests beside the browser, as another client sends them."""

import json
from typing import Any
from urllib.request import Request, urlopen

ORDER = {
    "client_id": "client-123",
    "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}],
}


def call(method: str, url: str, body: object) -> Any:  # noqa: ANN401 - JSON
    """Raises HTTPError for any status but 2xx."""
    request = Request(  # noqa: S310 - our own server
        url, method=method, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def create(url: str, **fields: object) -> str:
    order_id: str = call("POST", f"{url}orders", ORDER | fields)["order_id"]
    return order_id


def move(url: str, order_id: str, state: str) -> None:
    call("PUT", f"{url}orders/{order_id}/state", {"new_state": state})
