"""`/events`: what happens to the orders of a client, or to all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp.web import Request, StreamResponse
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.streaming.event_feed import EventFeed
from orderflow.streaming.recent_events import LiveEvent
from orderflow.wire.positions import PositionError, decode_position
from web.access.ownership import own_client
from web.access.principals import principal_of
from web.facade import Facade, facade_of
from web.http.headers import LAST_EVENT_ID
from web.http.operations import operation
from web.http.parameters import Parameters, one_of
from web.http.resource import Resource
from web.lists.query import CLIENT_ID as OF_CLIENT
from web.live.client_reading import Beginning, ClientReading, begin_after
from web.live.last_event_id import PARAMETER, LastEventId, read_last_event_id
from web.live.listening import STREAM, answer_live, listening

blueprint = Blueprint("client-events")

CLIENT_ID = replace(OF_CLIENT, description="Only what happens to orders of this client.")
TYPE = one_of("type", EventType, "Only events of this type or, given more than once, of one of these.", repeatable=True)
STATE = one_of(
    "state", State, "Only events that lead to this state or, given more than once, to one of these.", repeatable=True
)
STREAM_PARAMETERS = (CLIENT_ID, TYPE, STATE, PARAMETER)


@blueprint.route("/events")
class ClientEvents(Resource):
    """An id is a position in all that happens; the event's own id is in its data."""

    @operation(
        "Follow a client's orders, from now or from after Last-Event-ID, while that is among the newest events",
        scope=Scope.READ,
        parameters=STREAM_PARAMETERS,
        headers=(LAST_EVENT_ID,),
        answers={200: STREAM},
        problems=("malformed-header", "forbidden", "rate-limited", "unavailable"),
    )
    async def get(self, request: Request) -> StreamResponse:
        facade, asked = facade_of(request), _read(request)
        with facade.streams.place(principal_of(request)):
            async with listening(facade) as feed:
                beginning = await _begin(facade, feed, asked.last)
                with feed.follow_client(asked.client_id, beginning.offsets, asked.wants) as live:
                    reading = ClientReading(beginning, live=live, feed=feed, topic=facade.event_topic)
                    return await answer_live(request, reading.chunks(facade.streams.limits.heartbeat))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a listener wants: no types or states named are all of them."""

    client_id: str | None
    types: Sequence[EventType]
    states: Sequence[State]
    last: LastEventId | None

    def wants(self, event: LiveEvent) -> bool:
        told = event.told
        if not told.version:
            return False
        return (not self.types or told.type in self.types) and (not self.states or told.state in self.states)


def _read(request: Request) -> Asked:
    parameters = Parameters(request.query, STREAM_PARAMETERS)
    client_id = parameters.one(CLIENT_ID)
    types, states = parameters.every(TYPE), parameters.every(STATE)
    last = read_last_event_id(request, parameters)
    parameters.raise_errors()
    return Asked(client_id=own_client(request, client_id), types=types, states=states, last=last)


async def _begin(facade: Facade, feed: EventFeed, last: LastEventId | None) -> Beginning:
    """Raises RefusedError."""
    if last is None:
        return Beginning(feed.now())
    try:
        return await begin_after(decode_position(last.value, facade.event_topic), feed, facade.live.ends)
    except PositionError:
        raise last.refused("has to be an id that this stream gave") from None
