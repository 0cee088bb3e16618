"""A bulk request whose key was used before: the same rules as for one command."""

from collections.abc import Mapping

from orderflow.domain.outcome import Outcome
from orderflow.wire.job_json import job_link
from orderflow.wire.jobs import Job, Name
from orderflow.wire.problems import idempotency_in_progress, key_reused
from web.bulk.job_lookup import described, find_outcomes
from web.facade import Facade
from web.http.refusals import RETRY_AFTER, RefusedError


async def is_repeated(facade: Facade, job: Job, *, waits: bool) -> bool:
    """Raises RefusedError for another body, and while the first one is under way where the client does not wait."""
    sending = facade.jobs.under_way(job.job_id)
    known = sending or await _known(facade, job.job_id)
    if known is None:
        return False
    check_body(known, job)
    if not waits and (sending or (await described(facade, known))["status"] == "running"):
        raise RefusedError(idempotency_in_progress(**_names(job)), RETRY_AFTER)
    return True


def check_body(known: Job, job: Job) -> None:
    """Raises RefusedError where the key's first request had another one."""
    if known.digest != job.digest:
        raise RefusedError(key_reused(**_names(job)))


async def remembered(facade: Facade, job: Job) -> Mapping[Name, Outcome]:
    """The outcomes that need not be asked for again, since their orders remember them."""
    found = await find_outcomes(facade, job.items)
    return {name: outcome for name, outcome in found.items() if outcome.is_lasting}


def _names(job: Job) -> dict[str, object]:
    return {"job_id": job.job_id, "links": {"job": job_link(job.job_id)}}


async def _known(facade: Facade, job_id: str) -> Job | None:
    try:
        return await facade.jobs.find(job_id)
    except RefusedError:
        return None  # The store is away: sent again is sent safely.
