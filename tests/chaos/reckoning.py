"""After a run: what was lost, what was doubled, and what `orderflow verify` says of the whole deployment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.account import Account, account_of
from tests.chaos.promises import Promises
from tests.chaos.site import Site
from tests.verified import found_by, verified

STATISTICS = "statistics count every order once"


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
        found = [*found_by(self.verified), *not_compared(self.verified)]
        return [*found, *self.promises.broken, *self.account.buried_alive(), *self.crashes]

    @property
    def summary(self) -> str:
        return f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.violations)} violations"


def not_compared(verification: Mapping[str, Any]) -> Iterator[str]:
    """Statistics that were not held against the orders; who has no insights does not expect it."""
    for invariant in verification["invariants"]:
        if invariant["name"] == STATISTICS and not invariant["checked"]:
            yield f"{STATISTICS}: not compared: {verification['notes']}"


async def reckoning(site: Site, promises: Promises) -> Reckoning:
    """Once every member is ready again."""
    await site.fleet.all_ready()
    return Reckoning(
        promises=promises,
        verified=await verified(site.environment),
        account=await account_of(site.brokers, ""),
        crashes=site.fleet.crashes,
    )
