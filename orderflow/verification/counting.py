"""What insights have published, once it is all that the events tell."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.insights.share import Share, decode_share
from orderflow.ports import CacheUnavailableError
from orderflow.verification.evidence import Evidence
from orderflow.verification.sources import Deployment, Offsets, Progress
from orderflow.wire.groups import INSIGHTS_GROUP
from orderflow.wire.records import Topic

WAIT_SECONDS = 20.0
"""For a partition to come to another instance, and for its events to be counted and published."""
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class StatisticsReading:
    """After the orders: what is counted can only be compared with them where nothing has happened meanwhile."""

    deployment: Deployment
    evidence: Evidence
    progress: Progress

    async def all(self, commands: Offsets, events: Offsets) -> str | None:
        """Why nothing is compared; None where it is. The offsets are where the topics ended before orders were read."""
        logs, deployment = self.deployment.logs, self.deployment
        if not await deployment.group.committed(f"{deployment.prefix}{INSIGHTS_GROUP}", deployment.topic(Topic.EVENTS)):
            return "no insights role has counted anything"
        self.progress.step("reading statistics")
        shares = await self._counted(events)
        if isinstance(shares, str):
            return shares
        for topic, ends in ((Topic.COMMANDS, commands), (Topic.EVENTS, events)):
            if await logs.ends(deployment.topic(topic)) != ends:
                return "orders have changed meanwhile"
        rows = ((part, state, count) for part, share in shares.items() for state, count in share.by_state.items())
        self.evidence.add("counted", rows)
        return None

    async def _counted(self, ends: Offsets) -> Mapping[int, Share] | str:
        now = asyncio.get_running_loop().time
        deadline = now() + min(WAIT_SECONDS, self.deployment.patience)
        while True:
            found = await self._shares()
            missing = [part for part, end in ends.items() if part not in found or found[part].position < end]
            if not missing:
                return found
            if now() >= deadline:
                return f"no insights role has counted all events of partition {missing[0]}: does one run?"
            await asyncio.sleep(_LOOK_SECONDS)

    async def _shares(self) -> Mapping[int, Share]:
        """None of any partition where Redis is away or another version publishes."""
        try:
            found = await self.deployment.statistics.shares(self.deployment.layout.partitions)
            return {part: decode_share(share) for part, share in found.items()}
        except (CacheUnavailableError, ValueError):
            return {}
