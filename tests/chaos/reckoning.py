"""After a run: what was lost, what was doubled, and what `orderflow verify` says of the whole deployment."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tests.chaos.account import Account, account_of
from tests.chaos.promises import Promises
from tests.chaos.site import Site

ORDERFLOW = "from orderflow.cli import main; main(prog_name='orderflow')"
VIOLATED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """`verified` is what `orderflow verify --json` printed."""

    promises: Promises
    account: Account
    verified: Mapping[str, Any]

    @property
    def lost(self) -> list[str]:
        return self.account.lost(self.promises)

    @property
    def doubled(self) -> list[str]:
        return self.account.doubled(self.promises)

    @property
    def violations(self) -> list[str]:
        """Examples of what the verification found, and all that a client was shown wrongly."""
        found = [
            f"{invariant['name']}: {example}"
            for invariant in self.verified["invariants"]
            for example in invariant["examples"]
        ]
        return [*found, *self.promises.stale, *self.promises.unexpected]

    @property
    def summary(self) -> str:
        violations = self.verified["violations"] + len(self.promises.stale) + len(self.promises.unexpected)
        return f"{len(self.lost)} lost, {len(self.doubled)} doubled, {violations} violations"


async def reckoning(site: Site, promises: Promises) -> Reckoning:
    """Once every member is ready again."""
    await site.fleet.all_ready()
    verified = await _verified(site.environment)
    return Reckoning(promises=promises, account=await account_of(site.brokers, ""), verified=verified)


async def _verified(environment: Mapping[str, str]) -> dict[str, Any]:
    verify = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ORDERFLOW, "verify", "--json"),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await verify.communicate()
    if verify.returncode not in (0, VIOLATED):
        raise RuntimeError(f"verify ended with {verify.returncode}: {complained.decode()}")
    verified: dict[str, Any] = orjson.loads(said)
    return verified
