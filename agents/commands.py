"""`order_commands`: every batch is applied, then acknowledged; the next ones are under way meanwhile."""

from collections.abc import Sequence
from functools import partial

from faust.types import EventT, StreamT
from mode.supervisors import CrashingSupervisor

from orderflow import bootstrap
from orderflow.metrics.membership import show_misplaced
from orderflow.metrics.vitals import Vitals
from orderflow.metrics.worker import WorkerMetrics
from orderflow.processing.instruments import Step
from orderflow.pulsing import pulsing
from orderflow.streaming import roles
from orderflow.streaming.intake import Intake
from orderflow.streaming.overlap import Overlap

BATCHES_AT_ONCE = 2
"""More would only make each of them smaller."""

app = roles.worker()
metrics = WorkerMetrics(app.metrics.registry)
app.lifespan = partial(bootstrap.command_processor, app.settings, app.readiness, app.conf.id, metrics)
app.companions.append(partial(pulsing, app, Vitals(metrics)))
intake = Intake(app.settings.partitions)
show_misplaced(app.metrics.registry, lambda: intake.misplaced)


@app.agent(roles.command_topic(app), supervisor_strategy=CrashingSupervisor)
async def apply_commands(stream: StreamT[bytes]) -> None:
    async with Overlap(BATCHES_AT_ONCE) as batches:
        async for events in stream.noack().noack_take(app.settings.batch_size, within=app.settings.batch_wait):
            await batches.start(apply_batch, stream, events)


async def apply_batch(stream: StreamT[bytes], events: Sequence[EventT]) -> None:
    async with app.batch_under_way():
        await app.resources.apply([intake.record(event) for event in events])
        with metrics.timed(Step.ACKNOWLEDGE):
            for event in events:
                await stream.ack(event)


@app.on_partitions_assigned.connect
async def forget_hot_orders(*_: object, **__: object) -> None:
    """What another worker has written meanwhile is not in this one's memory."""
    app.resources.hot.clear()
