"""The HTTP fuzzer: schemathesis with all its checks and a key for everything, against our own OpenAPI document."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from orderflow.access.principal import Scope
from tests.chaos.own_servers import OwnServers
from tests.e2e.deployment import orderflow

SCHEMATHESIS = "from schemathesis.cli import schemathesis; schemathesis()"
CONFIG = Path(__file__).with_name("schemathesis.toml")
ROOT = Path(__file__).parents[2]
SHARE = 0.6
"""Examples for each operation, of its share of the cases asked for: some operations have few that differ."""

LIMIT_SECONDS = 600.0


@dataclass(slots=True, kw_only=True)
class HttpRun:
    """What schemathesis says of a run. `failures` hold one line each; the whole story is in `log`."""

    log: Path
    cases: int = 0
    requests: Mapping[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


async def fuzz_http(own: OwnServers, *, seed: int, cases: int, home: Path) -> HttpRun:
    """At least so many cases."""
    report, run = home / "schemathesis.json", HttpRun(log=home / "schemathesis.log")
    examples = round(SHARE * cases / await _operations(own))
    with run.log.open("wb") as log:
        schemathesis = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SCHEMATHESIS, "--config-file", str(CONFIG), "run", f"{own.web.url}/openapi.json"),
            *("--seed", str(seed), "--max-examples", str(examples), "--no-color"),
            *("--report", "json", "--report-json-path", str(report)),
            cwd=ROOT,
            env={**os.environ, "FUZZ_API_KEY": await _api_key(own)},
            stdout=log,
            stderr=log,
        )
        try:
            await asyncio.wait_for(schemathesis.wait(), LIMIT_SECONDS)
        except TimeoutError:
            schemathesis.kill()
            await schemathesis.wait()
    if not (report.exists() and report.stat().st_size):
        run.failures.append(f"schemathesis did not end: {run.log.read_text()[-2_000:]}")
        return run
    said = orjson.loads(report.read_bytes())
    run.cases, run.requests = said["test_cases"]["generated"], dict(_requests(said))
    run.failures += _failures(said)
    if run.cases < cases:
        run.failures.append(f"only {run.cases} cases, not {cases}")
    return run


async def _operations(own: OwnServers) -> int:
    paths = (await own.ask("GET", "/openapi.json")).body["paths"]
    return sum(len(path) for path in paths.values())


async def _api_key(own: OwnServers) -> str:
    scopes = [word for scope in Scope for word in ("--scope", scope)]
    made = await orderflow(own.deployment, "keys", "create", "--name", "fuzz", "--json", *scopes)
    key: str = orjson.loads(made.stdout)["key"]
    return key


def _requests(said: Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401 - a report
    """Operation -> how many requests of it were made of its own, without those along links."""
    for operation, phases in said["valid_rates"].items():
        yield operation, sum(sum(counts.values()) for counts in phases.values())


def _failures(said: Any) -> Iterator[str]:  # noqa: ANN401 - a report
    for failure in said["failures"]:
        yield from (f"{failure['code']} {failure['title']}: {operation}" for operation in failure["operations"])
    yield from (f"schemathesis failed: {error}" for error in said["errors"])
    if not said["complete"]:
        yield f"schemathesis stopped: {said['stop_reason']}"
