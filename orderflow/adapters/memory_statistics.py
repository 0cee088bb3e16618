"""The board of statistics in memory: the twin of Redis, without times to live."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderflow.insights.ports import Publication, Reception, Tenure
from orderflow.ports import CacheUnavailableError


@dataclass(slots=True)
class _Published:
    tenure: Tenure
    share: bytes = b""
    clients: dict[str, bytes] = field(default_factory=dict)


class InMemoryStatistics:
    """A StatisticsBoard; while `away` it behaves as a Redis that does not answer, and it can be emptied like one."""

    def __init__(self) -> None:
        self.away = False
        self._published: dict[int, _Published] = {}

    async def publish(self, publication: Publication) -> Reception:
        self._reach()
        known = self._published.get(publication.partition)
        if known and _order(known.tenure) > _order(publication.tenure):
            return Reception.OVERRULED
        if publication.whole:
            known = self._published[publication.partition] = _Published(publication.tenure)
        elif not known or known.tenure != publication.tenure:
            return Reception.UNKNOWN
        known.share = publication.share or known.share
        known.clients |= publication.clients
        return Reception.TAKEN

    async def shares(self, partitions: int) -> Mapping[int, bytes]:
        self._reach()
        return {number: found.share for number, found in self._owned(partitions).items()}

    async def client(self, client_id: str, partitions: int) -> Mapping[int, tuple[bytes, bytes | None]]:
        self._reach()
        return {
            number: (found.share, found.clients.get(client_id)) for number, found in self._owned(partitions).items()
        }

    def clear(self) -> None:
        self._published.clear()

    def _owned(self, partitions: int) -> dict[int, _Published]:
        return {number: found for number, found in self._published.items() if number < partitions and found.share}

    def _reach(self) -> None:
        if self.away:
            raise CacheUnavailableError("away")


def _order(tenure: Tenure) -> tuple[int, int]:
    return tenure.generation, tenure.started
