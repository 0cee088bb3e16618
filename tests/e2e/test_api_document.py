"""docs/api.md, run against a deployment."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from orderflow.wire.records import Topic
from tests.api_document import differences, examples, outputs, script
from tests.e2e.deployment import Deployment
from tests.eventually import eventually

DOCUMENT = (Path(__file__).parents[2] / "docs/api.md").read_text()


async def test_every_example_is_answered_as_the_document_shows(deployment: Deployment) -> None:
    shown = examples(DOCUMENT)

    came = outputs(await run(deployment, script(shown, await places(deployment))))

    assert len(came) == len(shown), f"the example in line {shown[len(came)].line} failed"
    wrong = {
        example.line: found
        for example, output in zip(shown, came, strict=True)
        if example.answer is not None and (found := list(differences(example, output)))
    }
    assert wrong == {}


async def places(deployment: Deployment) -> Mapping[str, str]:
    """What the document takes for granted, and where it is."""
    await deployment.worker()
    web, guarded = await deployment.web(), deployment.start_web(ORDERFLOW_AUTH="on")
    await eventually(guarded.ready, within=30)
    await deployment.produce(("ord_1", b"nonsense"))
    await deployment.read(Topic.DEAD_LETTERS, lambda records: len(records) == 1)
    return {
        "http://127.0.0.1:8080": web.url,
        "http://127.0.0.1:8090": guarded.url,
        ".venv/bin/orderflow": str(Path(sys.executable).with_name("orderflow")),
    }


async def run(deployment: Deployment, commands: str) -> str:
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        commands,
        env=deployment.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    printed, _ = await asyncio.wait_for(shell.communicate(), timeout=90)
    return printed.decode()
