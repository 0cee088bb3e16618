"""A worker that has just been started tells how it is from the first moment."""

import json
import os
import signal
from pathlib import Path

from orderflow.local.ports import free_port
from orderflow.local.role import Role
from tests.eventually import eventually
from tests.http_answers import ask, status_of

NOBODY = "127.0.0.1:1"


async def test_it_lives_and_names_the_servers_it_waits_for_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "ORDERFLOW_KAFKA_BROKERS": NOBODY,
        "ORDERFLOW_MONGO_URL": f"mongodb://us:tr0ub4dor@{NOBODY}",
        "ORDERFLOW_OPS_PORT": str(port),
    }
    with Role("worker", environment, tmp_path, f"http://127.0.0.1:{port}") as worker:

        async def lives() -> bool:
            return await status_of(f"{worker.url}/livez") == 200

        await eventually(lives, within=30)
        answer = await ask("GET", f"{worker.url}/readyz")
        assert (answer.status, answer.body["status"], set(answer.body["checks"])) == (
            503,
            "waiting",
            {"Kafka", "MongoDB"},
        )
        await eventually(lambda: "waiting for MongoDB" in worker.log.read_text())
        worker.signal(signal.SIGTERM)
        await eventually(worker.ended)
        said = worker.log.read_text()
        assert "Traceback" not in said
        assert "tr0ub4dor" not in said
        assert {json.loads(line)["level"] for line in said.splitlines()} == {"info", "warning"}
