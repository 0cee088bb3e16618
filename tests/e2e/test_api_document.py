"""docs/api.md, run against a deployment."""

import asyncio
from pathlib import Path

from orderflow.wire.records import Topic
from tests.api_document import differences, examples, outputs, script
from tests.e2e.deployment import Deployment

DOCUMENT = (Path(__file__).parents[2] / "docs/api.md").read_text()


async def test_every_example_is_answered_as_the_document_shows(deployment: Deployment) -> None:
    await deployment.worker()
    web = await deployment.web()
    await deployment.produce(("ord_1", b"nonsense"))
    await deployment.read(Topic.DEAD_LETTERS, lambda records: len(records) == 1)
    shown = examples(DOCUMENT)

    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", script(shown, web.url), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    printed, _ = await asyncio.wait_for(shell.communicate(), timeout=90)

    came = outputs(printed.decode())
    assert len(came) == len(shown), f"the example in line {shown[len(came)].line} failed"
    wrong = {
        example.line: found
        for example, output in zip(shown, came, strict=True)
        if example.answer is not None and (found := list(differences(example, output)))
    }
    assert wrong == {}
