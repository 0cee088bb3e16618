"""What `orderflow verify` says of a whole deployment."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

ORDERFLOW = "from orderflow.cli import main; main(prog_name='orderflow')"
VIOLATED = 1


async def verified(environment: Mapping[str, str]) -> dict[str, Any]:
    """What `orderflow verify --json` prints; RuntimeError where it could not check."""
    verify = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ORDERFLOW, "verify", "--json"),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await verify.communicate()
    if verify.returncode not in (0, VIOLATED):
        raise RuntimeError(f"verify ended with {verify.returncode}: {complained.decode()}")
    found: dict[str, Any] = orjson.loads(said)
    return found


def found_by(verification: Mapping[str, Any]) -> Iterator[str]:
    """One line for each violation, and for what was not looked at."""
    if verification["pending"]:
        yield f"{verification['pending']} commands are not applied"
    for invariant in verification["invariants"]:
        name, examples = invariant["name"], invariant["examples"]
        if invariant["unchecked"]:
            yield f"{name}: {invariant['unchecked']}"
        yield from (f"{name}: {example}" for example in examples)
        yield from (f"{name}: one more" for _ in range(invariant["violations"] - len(examples)))
