"""Every role where it may write to its temporary folder only, as the image and the manifests run it."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.deployment import Deployment, orderflow
from tests.http_answers import ask

ORDER = {"client_id": "client-1", "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]}


@pytest.fixture
def read_only(deployment: Deployment, tmp_path: Path) -> Deployment:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    deployment.environment |= {
        "PYTHONPATH": str(Path(__file__).with_name("read_only_files")),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(temporary),
    }
    return deployment


async def test_roles_work_where_they_may_not_write(read_only: Deployment) -> None:
    prepared = await orderflow(read_only, "init")
    assert prepared.returncode == 0, prepared.stderr.decode()
    _, _, web = await asyncio.gather(read_only.worker(), read_only.insights(), read_only.web())
    assert (await ask("POST", f"{web.url}/orders", json=ORDER)).status == 201


@pytest.mark.parametrize(
    "change", ["open('here', 'w')", "import os; os.mkdir('here')", "import os; os.rename('a', 'b')"]
)
def test_they_could_not_have_written_elsewhere(change: str, read_only: Deployment, tmp_path: Path) -> None:
    command = [sys.executable, "-c", change]
    ended = subprocess.run(command, cwd=tmp_path, env=read_only.environment, capture_output=True, check=False)  # noqa: S603 - ours
    assert b"read-only file system" in ended.stderr
    assert not (tmp_path / "here").exists()
