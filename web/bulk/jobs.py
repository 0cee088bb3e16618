"""Jobs of bulk requests: those under way here, those that this facade remembers, and the way to all the others."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol

from orderflow.domain.outcome import Outcome
from orderflow.ports import CacheUnavailableError
from orderflow.wire.jobs import Job, Name, decode_job, encode_job
from orderflow.wire.problems import busy, unavailable
from web.http.refusals import RETRY_AFTER, RefusedError

MAX_UNDER_WAY = 16
"""Each holds up to 8 MiB of commands."""
MAX_REMEMBERED_BYTES = 16 * 2**20


log = logging.getLogger(__name__)


class JobStore(Protocol):
    """Jobs, encoded, for 24 hours; alive is one that had a heartbeat in the last 10 seconds.

    Raises CacheUnavailableError.
    """

    async def job(self, job_id: str) -> bytes | None: ...

    async def keep(self, job_id: str, job: bytes) -> None: ...

    async def beat(self, job_id: str) -> None: ...

    async def is_alive(self, job_id: str) -> bool: ...


class Run(Protocol):
    """A job that goes on when its request has been answered."""

    @property
    def job(self) -> Job: ...

    @property
    def heard(self) -> Mapping[Name, Outcome]: ...

    async def begun(self) -> None:
        """Returns when Kafka has its first command, or did not take it."""

    async def go(self) -> None:
        """Ends soon when it is cancelled."""


class Jobs:
    """Each facade's own; what it remembers is for when the store is away."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._remembered: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._under_way: list[Job] = []
        self._runs: dict[str, tuple[Run, asyncio.Task[None]]] = {}

    async def find(self, job_id: str) -> Job | None:
        """Raises RefusedError where only the store could know."""
        encoded = self._remembered.get(job_id)
        try:
            encoded = await self._store.job(job_id) or encoded
        except CacheUnavailableError as error:
            if encoded is None:
                raise RefusedError(unavailable("The cache"), RETRY_AFTER) from error
        return decode_job(encoded) if encoded else None

    async def keep(self, job: Job) -> None:
        """Unless nothing of it was sent: then its key is as good as new."""
        if job.is_unsent:
            return
        encoded = encode_job(job)
        self._remember(job.job_id, encoded)
        with suppress(CacheUnavailableError):
            await self._store.keep(job.job_id, encoded)

    async def beat(self, job_id: str) -> None:
        with suppress(CacheUnavailableError):
            await self._store.beat(job_id)

    async def is_alive(self, job_id: str) -> bool:
        """Whether some facade is at work on it."""
        if self.under_way(job_id):
            return True
        with suppress(CacheUnavailableError):
            return await self._store.is_alive(job_id)
        return False

    def under_way(self, job_id: str) -> Job | None:
        """The job while its commands are being sent from here."""
        return next((job for job in self._under_way if job.job_id == job_id), None)

    @contextmanager
    def room(self, job: Job) -> Iterator[None]:
        """For sending its commands. Raises RefusedError where there is none."""
        self._take_room(job)
        try:
            yield
        finally:
            self._under_way.remove(job)

    def start(self, run: Run) -> tuple[Run, asyncio.Task[None]]:
        """What goes on now: this run, unless the same job did already. Raises RefusedError where there is no room."""
        job_id = run.job.job_id
        if job_id not in self._runs:
            self._take_room(run.job)
            task = asyncio.create_task(run.go())
            self._runs[job_id] = run, task
            task.add_done_callback(lambda ended: self._ended(run.job, ended))
        return self._runs[job_id]

    async def close(self) -> None:
        """Ends what goes on; each job then says where it stopped."""
        tasks = [task for _, task in self._runs.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _take_room(self, job: Job) -> None:
        if len(self._under_way) >= MAX_UNDER_WAY:
            raise RefusedError(busy("bulk requests"), RETRY_AFTER)
        self._under_way.append(job)

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._under_way.remove(job)
        del self._runs[job.job_id]
        if not task.cancelled() and task.exception():
            log.error("a bulk request failed", exc_info=task.exception())

    def _remember(self, job_id: str, encoded: bytes) -> None:
        self._size += len(encoded) - len(self._remembered.pop(job_id, b""))
        self._remembered[job_id] = encoded
        while self._size > MAX_REMEMBERED_BYTES:
            _, oldest = self._remembered.popitem(last=False)
            self._size -= len(oldest)
