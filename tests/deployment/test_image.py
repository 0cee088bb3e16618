"""The Dockerfile, as far as it can be checked without an engine that builds it."""

import re
import tomllib

import pytest

from tests.deployment.tools import ROOT, output_of

DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()


@pytest.mark.tool("hadolint")
def test_hadolint_finds_nothing_to_say() -> None:
    assert output_of("hadolint", "Dockerfile") == ""


def test_the_base_is_one_release_of_a_python_that_we_support() -> None:
    bases = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.1[123]\.\d+-slim-\w+", bases.pop())


def test_it_runs_as_a_number_that_is_not_root_and_says_how_it_is() -> None:
    final = DOCKERFILE.rsplit("FROM", 1)[1]
    assert re.search(r"^USER [1-9]\d+$", final, re.MULTILINE)
    assert "HEALTHCHECK" in final
    assert "PYTHONDONTWRITEBYTECODE=1" in final


def test_its_label_says_the_version_of_the_project() -> None:
    assert f"\nARG VERSION={PROJECT['version']}\n" in DOCKERFILE
    assert 'org.opencontainers.image.version="$VERSION"' in DOCKERFILE


def test_what_it_copies_is_sent_to_the_engine() -> None:
    copied = {word for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()}
    assert copied == {line[1:] for line in IGNORED if line.startswith("!")}
