"""What became of a job's commands: as of one command, but a thousand in one trip to Redis and one query."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType

from orderflow.domain.outcome import Outcome
from orderflow.wire.job_json import job_json
from orderflow.wire.job_shapes import Job as JobShape
from orderflow.wire.jobs import Job, JobItem, Name
from web.commands.lookup import Found, cached_outcome, learn, readable
from web.facade import Facade
from web.http.refusals import RefusedError
from web.orders.reading import reached


class Findings:
    """The outcomes of these items' very commands; what an order remembers counts before what none does."""

    def __init__(self, items: Iterable[JobItem], heard: Mapping[Name, Outcome]) -> None:
        self._wanted = {item.name: item.fingerprint for item in items if item.name}
        self.found: dict[Name, Outcome] = dict(heard)

    @property
    def open(self) -> list[Name]:
        """Those of which something better may be found."""
        return [name for name in self._wanted if name not in self.found or not self.found[name].is_lasting]

    def add(self, outcome: Outcome) -> None:
        name = outcome.order_id, outcome.command_id
        known = self.found.get(name)
        if self._wanted.get(name) == outcome.fingerprint and (known is None or outcome.is_lasting):
            self.found[name] = outcome

    def add_readable(self, found: Iterable[Found]) -> None:
        for known in map(readable, found):
            if isinstance(known, Outcome):
                self.add(known)


async def find_outcomes(
    facade: Facade, items: Iterable[JobItem], heard: Mapping[Name, Outcome] = MappingProxyType({})
) -> Mapping[Name, Outcome]:
    """With what has been `heard` already; where servers are away, what can be found without them."""
    findings = Findings(items, heard)
    findings.add_readable(facade.board.outcome(*name) for name in findings.open)
    findings.add_readable(await asyncio.gather(*(cached_outcome(facade, *name) for name in findings.open)))
    if findings.open:
        with suppress(RefusedError):
            for outcome in await reached(facade.queries.outcomes(findings.open)):
                learn(facade, outcome)
                findings.add(outcome)
    return findings.found


async def described(facade: Facade, job: Job) -> JobShape:
    """The job as it is now."""
    outcomes = await find_outcomes(facade, job.items)
    return job_json(job, outcomes, alive=await facade.jobs.is_alive(job.job_id))
