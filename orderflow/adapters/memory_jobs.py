"""Jobs in memory: the twin of Redis, without times to live."""

from orderflow.ports import CacheUnavailableError


class InMemoryJobs:
    """A JobStore; while `away` it behaves as a Redis that does not answer, a job in `silent` as one left alone."""

    def __init__(self) -> None:
        self.away = False
        self.silent: set[str] = set()
        self._jobs: dict[str, bytes] = {}
        self._alive: set[str] = set()

    async def job(self, job_id: str) -> bytes | None:
        self._reach()
        return self._jobs.get(job_id)

    async def keep(self, job_id: str, job: bytes) -> None:
        self._reach()
        self._jobs[job_id] = job

    async def beat(self, job_id: str) -> None:
        self._reach()
        self._alive.add(job_id)

    async def is_alive(self, job_id: str) -> bool:
        self._reach()
        return job_id in self._alive - self.silent

    def _reach(self) -> None:
        if self.away:
            raise CacheUnavailableError("away")
