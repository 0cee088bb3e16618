"""The roles that run on this machine, as their `/readyz` tells it."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from orderflow.doctor.finding import Finding, ok, wrong
from orderflow.gate.check import is_loopback
from orderflow.health import open_directly
from orderflow.settings import INSIGHTS_PORT, OPS_PORT, Settings

_HERE = "127.0.0.1"
_SECONDS = 3.0


async def roles(settings: Settings) -> list[Finding]:
    """Nothing of an address where nobody listens, or somebody else does."""
    places = urls(settings)
    answers = await asyncio.gather(*(asyncio.to_thread(_ask, url) for url in places))
    return [judge(url, answer) for url, answer in zip(places, answers, strict=True) if "checks" in answer]


def urls(settings: Settings) -> list[str]:
    """Where roles of these settings listen, or would by default."""
    host = settings.http_host if is_loopback(settings.http_host) else _HERE
    host = f"[{host}]" if ":" in host else host
    ops = [settings.ops_port] if settings.ops_port else [OPS_PORT, INSIGHTS_PORT]
    return [f"http://{host}:{port}" for port in (settings.http_port, *ops)]


def judge(url: str, answer: Mapping[str, Any]) -> Finding:
    subject = f"role at {url}"
    if answer.get("status") == "ready":
        return ok(subject, "ready")
    away = ", ".join(_unwell(answer["checks"])) or "not ready"
    return wrong(subject, away, f"see {url}/readyz and the role's log")


def _unwell(checks: Mapping[str, Any]) -> Iterator[str]:
    return (f"{name}: {said}" for name, said in checks.items() if said != "ok")


def _ask(url: str) -> Mapping[str, Any]:
    """What it says; empty where that is not one of our answers."""
    try:
        with open_directly(f"{url}/readyz", timeout=_SECONDS) as answer:
            said = json.load(answer)
    except HTTPError as error:
        said = _body(error)
    except (OSError, ValueError, HTTPException):
        return {}
    return said if isinstance(said, dict) else {}


def _body(error: HTTPError) -> object:
    with error:
        try:
            return json.load(error)
        except ValueError:
            return {}
