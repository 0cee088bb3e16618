"""`order_events`: every batch is written down in the table's changelog, counted, then acknowledged."""

import logging
from collections.abc import Sequence
from functools import partial

from faust.types import TP, EventT, StreamT
from mode.supervisors import CrashingSupervisor

from orderflow.access.sparing_log import SparingLog
from orderflow.bootstrap import now
from orderflow.insights.book import milliseconds
from orderflow.insights_bootstrap import insights, stuck_after
from orderflow.metrics.insights import InsightsMetrics
from orderflow.pulsing import pulsing
from orderflow.streaming import roles
from orderflow.streaming.event_intake import readings_of
from orderflow.wire.records import Topic
from tables.standing_by_order import standing_by_order

PUBLISH_SECONDS = 1.0
LOOK_SECONDS = 2.0

app = roles.insights()
topic = app.settings.named(Topic.EVENTS)
strangers = SparingLog(logging.getLogger(__name__))


def end_of(partition: int) -> int | None:
    """As the last fetch has seen it."""
    end: int | None = app.consumer.highwater(TP(topic, partition))
    return end


metrics = InsightsMetrics(
    app.metrics.registry, standing_by_order.holdings, stuck_after(app.settings), lambda: milliseconds(now)
)
app.lifespan = partial(insights, app.settings, app.readiness, standing_by_order.holdings, end_of)
app.companions.append(partial(pulsing, app))


@app.agent(roles.event_topic(app), supervisor_strategy=CrashingSupervisor)
async def count_orders(stream: StreamT[bytes]) -> None:
    async for events in stream.noack().noack_take(app.settings.batch_size, within=0.0):
        async with app.batch_under_way():
            await count(stream, events)


async def count(stream: StreamT[bytes], events: Sequence[EventT]) -> None:
    observed = await app.resources.book.observe(readings_of(events, strangers))
    metrics.observed(observed.news)
    for event in events:
        if event.message.partition in observed.partitions:
            await stream.ack(event)
        else:
            # It went to another instance while it waited here: it must neither count as done nor hold up what is.
            app.consumer.unacked.discard(event.message)


@app.timer(PUBLISH_SECONDS)
async def publish_statistics() -> None:
    for number, held in standing_by_order.holdings.whole().items():
        held.part.position = max(held.part.position, app.committed(TP(topic, number)))
    await app.resources.publisher.publish()


@app.timer(LOOK_SECONDS)
async def look_after_waiting_orders() -> None:
    await app.resources.look()
