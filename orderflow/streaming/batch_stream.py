"""A Faust stream whose batches come straight from its queue."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from faust import Stream
from faust.types import EventT


class BatchStream(Stream):
    """noack_take() as Faust promises it, without a second task, a wake-up per event or polling when idle.

    A batch is what has gathered while the last one was handled, so batches grow with the load by themselves.
    """

    async def noack_take(self, max_: int, within: float) -> AsyncIterator[Sequence[EventT]]:
        """Batches of 1 to `max_` events; `within` seconds after its first event a batch goes even if not full.

        With 0 it is what is there in that moment.

        Nothing is acknowledged here. Events of an earlier assignment come too: what handles them must bear repeats.
        """
        self._finalized = True
        started = await self.maybe_start()
        try:
            while not self.should_stop:
                yield await self._batch(max_, within)
        except StopAsyncIteration:
            # What Faust throws into the queue to end a stream; it may not leave an async generator.
            return
        finally:
            self._channel_stop_iteration(self.channel)
            if started:
                await self.stop()
                self.service_reset()

    async def _batch(self, size: int, within: float) -> list[EventT]:
        queue = self.channel.queue
        batch = [self._taken(await queue.get())]
        if within:
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    while len(batch) < size:
                        batch.append(self._taken(queue.get_nowait() if not queue.empty() else await queue.get()))
        while len(batch) < size and not queue.empty():
            batch.append(self._taken(queue.get_nowait()))
        return batch

    def _taken(self, event: EventT) -> EventT:
        """Tell the consumer that the message is in flight, so that nothing behind it is committed."""
        message = event.message
        if not message.tracked and message.topic in self.app.topics.acking_topics:
            message.tracked = True
            self.app.consumer.unacked.add(message)
            self._on_message_in(message.tp, message.offset, message)
        self._on_stream_event_in(message.tp, message.offset, self, event)
        return event
