"""Every partition's share onto the board, again and again, by its owner."""

import logging
from collections.abc import Iterator, Mapping

from orderflow.domain.lifecycle import State
from orderflow.insights.book import milliseconds
from orderflow.insights.holdings import Holding, Holdings
from orderflow.insights.part import Part
from orderflow.insights.ports import Publication, Reception, StatisticsBoard, Tenure
from orderflow.insights.share import encode_share
from orderflow.ports import CacheUnavailableError, Clock
from orderflow.wire.json import dumps_keyed

log = logging.getLogger(__name__)

CLIENTS_AT_ONCE = 2_000


class SharePublisher:
    """`instance` names this process, which began at `started` (ms)."""

    def __init__(
        self, holdings: Holdings, board: StatisticsBoard, limits: Mapping[State, int], clock: Clock, instance: str
    ) -> None:
        self._holdings = holdings
        self._board = board
        self._limits = limits
        self._clock = clock
        self._instance = instance
        self._started = milliseconds(clock)
        self._away = False

    async def publish(self) -> None:
        """A board that is away is told of once, and tried again the next time."""
        try:
            for partition, held in self._holdings.whole().items():
                await self._publish(partition, held)
        except CacheUnavailableError as error:
            if not self._away:
                log.warning("statistics are not published: Redis does not answer (%s)", error)
            self._away = True
        else:
            self._away = False

    async def _publish(self, partition: int, held: Holding) -> None:
        part = held.part
        tenure = Tenure(generation=held.generation or 0, started=self._started)
        share = encode_share(part.share(self._instance, self._limits, milliseconds(self._clock)))
        touched, part.touched = part.touched, set()
        try:
            reception = Reception.UNKNOWN
            if len(touched) <= CLIENTS_AT_ONCE:
                clients = _counts(part, touched)
                reception = await self._board.publish(
                    Publication(partition=partition, tenure=tenure, share=share, clients=clients)
                )
            if reception is Reception.UNKNOWN:
                await self._publish_whole(partition, part, tenure, share)
        except CacheUnavailableError:
            part.touched |= touched
            raise

    async def _publish_whole(self, partition: int, part: Part, tenure: Tenure, share: bytes) -> None:
        """Many clients in several calls; the share comes last, and until then nobody sees the partition."""
        *first, last = _chunks([*part.census.by_client])
        for number, some in enumerate(first):
            clients = _counts(part, some)
            await self._board.publish(
                Publication(partition=partition, tenure=tenure, share=b"", clients=clients, whole=number == 0)
            )
        clients = _counts(part, last)
        await self._board.publish(
            Publication(partition=partition, tenure=tenure, share=share, clients=clients, whole=not first)
        )


def _counts(part: Part, clients: list[str] | set[str]) -> dict[str, bytes]:
    return {client_id: dumps_keyed(part.counts_of(client_id)) for client_id in clients}


def _chunks(clients: list[str]) -> Iterator[list[str]]:
    """At least one."""
    for first in range(0, max(1, len(clients)), CLIENTS_AT_ONCE):
        yield clients[first : first + CLIENTS_AT_ONCE]
