"""After a run: what was lost, what was doubled, and what `orderflow verify` says of the whole deployment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.account import Account, account_of
from tests.chaos.promises import Promises
from tests.chaos.site import Site
from tests.http_answers import ask
from tests.verified import found_by, verified

STATISTICS = "statistics count every order once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """`verified` is what `orderflow verify --json` printed, `statistics` what `GET /stats` answered afterwards.

    `crashes` tell of processes that ended by themselves.
    """

    promises: Promises
    account: Account
    verified: Mapping[str, Any]
    statistics: Mapping[str, Any]
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
        found = [*found_by(self.verified), *miscounted(self.verified, self.statistics)]
        return [*found, *self.promises.broken, *self.account.buried_alive(), *self.crashes]

    @property
    def summary(self) -> str:
        return f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.violations)} violations"


def miscounted(verification: Mapping[str, Any], statistics: Mapping[str, Any]) -> Iterator[str]:
    """Statistics that were not compared, or that a facade shows otherwise."""
    for invariant in verification["invariants"]:
        if invariant["name"] == STATISTICS and not invariant["checked"]:
            yield f"{STATISTICS}: not compared: {verification['notes']}"
    if not statistics["complete"] or statistics["total"] != verification["orders"]:
        yield f"GET /stats counts {statistics['total']} orders of {verification['orders']}: {statistics}"


async def reckoning(site: Site, promises: Promises) -> Reckoning:
    """Once every member is ready again."""
    await site.fleet.all_ready()
    found = await verified(site.environment)
    return Reckoning(
        promises=promises,
        verified=found,
        statistics=(await ask("GET", f"{site.fleet.facades[0].url}/stats")).body,
        account=await account_of(site.brokers, ""),
        crashes=site.fleet.crashes,
    )
