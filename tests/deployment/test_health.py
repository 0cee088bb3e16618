"""`python -m orderflow.health`, as HEALTHCHECK and the compose file call it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from orderflow import health
from orderflow.local.ports import free_port
from orderflow.settings import OPS_PORT, Settings


class Answers(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


class Waits(Answers):
    status = 503


@contextmanager
def serving(handler: type[Answers]) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield str(server.server_port)
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("handler", "code"), [(Answers, 0), (Waits, 1)])
@pytest.mark.parametrize("variable", ["ORDERFLOW_HTTP_PORT", "ORDERFLOW_OPS_PORT"])
def test_it_ends_as_the_role_of_this_container_says(variable: str, handler: type[Answers], code: int) -> None:
    nobody = {"ORDERFLOW_HTTP_PORT": str(free_port()), "ORDERFLOW_OPS_PORT": str(free_port())}
    with serving(handler) as port:
        environment = {**os.environ, **nobody, variable: port}
        ended = subprocess.run([sys.executable, "-m", "orderflow.health"], env=environment, check=False)
    assert ended.returncode == code


def test_a_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container engine may put one into the environment of every container."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(Answers) as port:
        assert health.ready([port])


def test_it_asks_where_each_role_listens_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORDERFLOW_HTTP_PORT", raising=False)
    monkeypatch.delenv("ORDERFLOW_OPS_PORT", raising=False)
    assert health.ports() == [str(Settings.model_fields["http_port"].default), str(OPS_PORT), str(OPS_PORT + 1)]
