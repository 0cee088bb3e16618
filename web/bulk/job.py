"""`/jobs/{job_id}`: what has become of each item of a bulk request."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.domain.limits import has_id_characters
from orderflow.wire import job_shapes
from orderflow.wire.json import dumps
from orderflow.wire.problems import job_not_found
from web.access.principals import principal_of
from web.bulk.job_lookup import described
from web.facade import facade_of
from web.http.answers import json_answer
from web.http.headers import RETRY_PAUSE
from web.http.operations import Answer, operation
from web.http.refusals import RETRY_AFTER, RefusedError, printable
from web.http.resource import Resource

blueprint = Blueprint("jobs")


@blueprint.route("/jobs/{job_id}")
class JobView(Resource):
    """Known for 24 hours, to whoever sent the request."""

    @operation(
        "Show a bulk request",
        scope=Scope.READ,
        answers={200: Answer(shape=job_shapes.Job, headers=(RETRY_PAUSE,))},
        problems=("job-not-found", "unavailable"),
    )
    async def get(self, request: Request, job_id: str) -> Response:
        facade, principal = facade_of(request), principal_of(request)
        job = await facade.jobs.find(job_id) if has_id_characters(job_id) else None
        if job is None or job.owner != (principal.name, principal.client_id):
            raise RefusedError(job_not_found(printable(job_id)))
        shown = await described(facade, job)
        return json_answer(dumps(shown), RETRY_AFTER if shown["status"] == "running" else None)
