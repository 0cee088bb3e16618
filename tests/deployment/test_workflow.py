"""The workflow on GitHub: valid, as little allowed as it needs, and the same checks as anywhere."""

import re

from tests.deployment.tools import ROOT, document, output_of

PATH = ".github/workflows/ci.yml"
WORKFLOW = document(PATH)
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_it_is_what_github_takes() -> None:
    assert output_of("check-jsonschema", "--builtin-schema", "vendor.github-workflows", ROOT / PATH)


def test_it_may_read_only_and_uses_actions_of_one_major_version() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not [job for job in WORKFLOW["jobs"].values() if "permissions" in job]
    assert [step["uses"] for step in STEPS if not re.search(r"@v\d+$", step.get("uses", "@v1"))] == []


def test_it_runs_what_runs_anywhere_on_every_python_that_is_promised() -> None:
    assert WORKFLOW["jobs"]["check"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert ".ci/run" in {step.get("run") for step in WORKFLOW["jobs"]["check"]["steps"]}
