"""A job whose items are sent one after the other: nothing after the first one that is rejected."""

import asyncio
from collections.abc import Mapping

from orderflow.domain.outcome import Outcome, Status
from orderflow.wire.jobs import Job, Name, Progress
from web.bulk.items import Sending, Work
from web.bulk.sending import Sender
from web.commands.lookup import look_up

STEP_SECONDS = 60.0
"""Without an outcome for so long, the job ends: the same request with the same key goes on."""
BEAT_SECONDS = 3.0


class Steps:
    """A Run: it outlives its request, and while it goes on every facade can see that it does."""

    def __init__(self, work: Work, sender: Sender) -> None:
        self._work = work
        self._sender = sender
        self._begun = asyncio.Event()

    @property
    def job(self) -> Job:
        return self._work.job

    @property
    def heard(self) -> Mapping[Name, Outcome]:
        return self._sender.heard

    async def begun(self) -> None:
        await self._begun.wait()

    async def go(self) -> None:
        progress = Progress.STOPPED
        beating = asyncio.create_task(self._beat())
        try:
            progress = await self._take()
        finally:
            beating.cancel()
            self.job.progress = progress
            await self._sender.facade.jobs.keep(self.job)
            self._begun.set()

    async def _take(self) -> Progress:
        for sending in self._work.sendings:
            if sending is None:
                return Progress.ENDED
            outcome = self.heard.get(sending.name) or await self._step(sending)
            if outcome is None:
                return Progress.STOPPED
            if outcome.status is Status.REJECTED:
                return Progress.ENDED
        return Progress.ENDED

    async def _step(self, sending: Sending) -> Outcome | None:
        expected = await self._sender.send(sending)
        if expected is None:
            return None
        if not self._begun.is_set():
            await self._sender.facade.jobs.keep(self.job)
            self._begun.set()
        try:
            async with asyncio.timeout(STEP_SECONDS):
                return await expected
        except TimeoutError:
            return await look_up(self._sender.facade, *sending.name, sending.item.fingerprint)

    async def _beat(self) -> None:
        while True:
            await self._sender.facade.jobs.beat(self.job.job_id)
            await asyncio.sleep(BEAT_SECONDS)
