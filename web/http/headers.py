"""The headers that requests and answers may have, as documents show them."""

from typing import Annotated, Literal

from orderflow.domain.limits import Documented
from web.commands.identity import BARE, QUOTED
from web.http.operations import Header
from web.http.preconditions import TAGS

ETAG = Header(name="ETag", description="An order's version, or a hash of a page, as an entity tag.")
LOCATION = Header(
    name="Location", description="The path of what was made: the order, or the command or job that is on its way."
)
RETRY_PAUSE = Header(name="Retry-After", description="Seconds after which to ask again.", type=int)
X_CACHE = Header(
    name="X-Cache", description="Whether a cache was asked, and had it.", type=Literal["HIT", "MISS", "BYPASS"]
)
LINK = Header(
    name="Link",
    description='The next page, with `rel="next"`, but on the last one; the first, with `rel="first"`, but on itself.',
)

WWW_AUTHENTICATE = Header(name="WWW-Authenticate", description="The challenge, and what is wrong (RFC 6750).")

IDEMPOTENT_REPLAYED = Header(name="Idempotent-Replayed", description="This request was a repeat.", type=Literal["true"])
IDEMPOTENCY_KEY = Header(
    name="Idempotency-Key",
    description="One word of 1 to 255 printable characters, quoted or bare: a repeat under it has no second effect.",
    type=Annotated[str, Documented(pattern=f"(?:{QUOTED.pattern}|{BARE.pattern})")],
    answered=IDEMPOTENT_REPLAYED,
)
PREFERENCE_APPLIED = Header(name="Preference-Applied", description="The preferences that were heeded (RFC 7240).")
PREFER = Header(
    name="Prefer",
    description="`respond-async`: do not wait for the outcome; `wait=N`: wait for it N seconds, at most 30 (RFC 7240).",
    answered=PREFERENCE_APPLIED,
)
IF_MATCH = Header(
    name="If-Match",
    type=Annotated[str, Documented(pattern=TAGS)],
    description="Entity tags of what may be changed or shown, compared strongly; `*` for any (RFC 9110).",
)
IF_NONE_MATCH = Header(
    name="If-None-Match",
    type=Annotated[str, Documented(pattern=TAGS)],
    description="Entity tags of what need not be sent again, compared weakly; `*` for any (RFC 9110).",
)
LAST_EVENT_ID = Header(name="Last-Event-ID", description="The id of the last event that the client has.")
X_ACCEL_BUFFERING = Header(
    name="X-Accel-Buffering", description="Asks a proxy to hand on every event at once.", type=Literal["no"]
)
TRACEPARENT = Header(
    name="traceparent", description="The trace that the command belongs to (W3C); its event has it too."
)
TRACERESPONSE = Header(
    name="traceresponse",
    type=Annotated[str, Documented(pattern="00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")],
    description="The trace of the request (W3C), its id between the first two dashes; where traces are on.",
)

OF_WRITES = (IDEMPOTENCY_KEY, PREFER, TRACEPARENT)
OF_READS = (IF_MATCH, IF_NONE_MATCH)
OF_SHOWN = (ETAG, X_CACHE)
OF_CHANGES = (*OF_WRITES, IF_MATCH)
OF_ANY = (TRACERESPONSE,)
"""What any answer may have."""

OF_PROBLEMS = {
    "unauthenticated": (WWW_AUTHENTICATE,),
    "forbidden": (WWW_AUTHENTICATE,),
    "idempotency-in-progress": (RETRY_PAUSE,),
    "rate-limited": (RETRY_PAUSE,),
    "not-accepted": (RETRY_PAUSE,),
    "delivery-unknown": (RETRY_PAUSE, IDEMPOTENCY_KEY),
    "unavailable": (RETRY_PAUSE,),
}
"""What a problem's answer has beside its body."""
