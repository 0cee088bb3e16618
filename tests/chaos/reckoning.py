"""After a run: what was lost, what was doubled, and what `orderflow verify` says of the whole deployment."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
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
    """`verified` is what `orderflow verify --json` printed; `crashes` tell of processes that ended by themselves."""

    promises: Promises
    account: Account
    verified: Mapping[str, Any]
    crashes: Sequence[str] = ()

    @property
    def lost(self) -> list[str]:
        return self.account.lost(self.promises)

    @property
    def doubled(self) -> list[str]:
        return self.account.doubled(self.promises)

    @property
    def violations(self) -> list[str]:
        """What the verification found or left out, what clients were shown wrongly, and what else should not be."""
        return [*self._found(), *self.promises.broken, *self.account.buried_alive(), *self.crashes]

    @property
    def summary(self) -> str:
        return f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.violations)} violations"

    def _found(self) -> Iterator[str]:
        if self.verified["pending"]:
            yield f"{self.verified['pending']} commands are not applied"
        for invariant in self.verified["invariants"]:
            name, examples = invariant["name"], invariant["examples"]
            if invariant["unchecked"]:
                yield f"{name}: {invariant['unchecked']}"
            yield from (f"{name}: {example}" for example in examples)
            yield from (f"{name}: one more" for _ in range(invariant["violations"] - len(examples)))


async def reckoning(site: Site, promises: Promises) -> Reckoning:
    """Once every member is ready again."""
    await site.fleet.all_ready()
    verified = await _verified(site.environment)
    account = await account_of(site.brokers, "")
    return Reckoning(promises=promises, account=account, verified=verified, crashes=site.fleet.crashes)


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
