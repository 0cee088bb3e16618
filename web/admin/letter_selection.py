"""Which dead letters a request means: from its query, or from its body."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from multidict import MultiMapping

from orderflow.domain.problems import validation
from orderflow.processing.selection import Selection
from orderflow.wire.commands import Stage
from orderflow.wire.desk_bodies import LetterName, PurgeBody
from orderflow.wire.letters import LetterId, letter_id
from orderflow.wire.moments import Moment, read_moment
from web.http.parameters import DEFAULT_LIMIT, LIMIT, Parameter, Parameters, one_of
from web.http.refusals import RefusedError

STAGE = one_of("stage", Stage, "Only letters whose record failed at this stage.")
KEY = Parameter(name="key", parse=str, type=str, description="Only letters whose record has this key.")
SINCE = Parameter(
    name="since",
    parse=str,
    type=Moment,
    description="Only letters from this time on: ISO 8601, or an age such as `2h`.",
)
UNTIL = Parameter(
    name="until", parse=str, type=Moment, description="Only letters before this time, written as `since` is."
)
AFTER = Parameter(
    name="cursor", parse=letter_id, type=LetterName, description="The page after this letter: a page's `next_cursor`."
)
LETTER_PARAMETERS = (STAGE, KEY, SINCE, UNTIL, LIMIT, AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterQuery:
    """At most `limit` letters that stand after the letter `after`."""

    selection: Selection
    limit: int
    after: LetterId | None


def read_letter_query(query: MultiMapping[str], now: datetime) -> LetterQuery:
    parameters = Parameters(query, LETTER_PARAMETERS)
    moment = partial(read_moment, now=now)
    selection = Selection(
        stage=parameters.one(STAGE),
        key=parameters.one(KEY),
        since=parameters.one(SINCE.read_by(moment)),
        until=parameters.one(UNTIL.read_by(moment)),
    )
    limit, after = parameters.one(LIMIT), parameters.one(AFTER)
    parameters.raise_errors()
    return LetterQuery(selection=selection, limit=limit or DEFAULT_LIMIT, after=after)


def selection_of(body: PurgeBody, now: datetime) -> Selection:
    """Nothing is done to every letter by accident: without any choice the body has to say `all`."""
    errors: list[dict[str, str]] = []

    def moment(name: str, text: str | None) -> datetime | None:
        try:
            return read_moment(text, now) if text else None
        except ValueError as error:
            errors.append({"pointer": f"#/{name}", "detail": str(error)})
            return None

    selection = Selection(
        ids=frozenset(map(letter_id, body.ids)),
        stage=body.stage,
        key=body.key,
        since=moment("since", body.since),
        until=moment("until", body.until),
    )
    if not errors and not body.all and selection == Selection():
        errors.append({"pointer": "#", "detail": "name ids, a stage, key, since or until, or say all"})
    if errors:
        raise RefusedError(validation(errors))
    return selection
