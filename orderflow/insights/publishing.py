"""Every partition's share onto the board, again and again, by its owner."""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial

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
        of_partition = partial(Publication, partition=partition, tenure=tenure)
        due, part.touched = part.touched, set()
        try:
            if await self._send(of_partition, part, share, due) is Reception.UNKNOWN:
                due = {*part.census.by_client}
                await self._send(of_partition, part, share, due, whole=True)
        except CacheUnavailableError:
            # Also of a whole that was broken off: the board knows its beginning, and takes changes from now on.
            part.touched |= due
            raise

    async def _send(
        self,
        of_partition: Callable[..., Publication],
        part: Part,
        share: bytes,
        clients: set[str],
        *,
        whole: bool = False,
    ) -> Reception:
        """Many clients in several calls. The share comes last: of a whole nobody sees anything until then."""
        *first, last = _chunks([*clients])
        for number, some in enumerate(first):
            piece = of_partition(share=b"", clients=_counts(part, some), whole=whole and number == 0)
            reception = await self._board.publish(piece)
            if reception is not Reception.TAKEN:
                return reception
        return await self._board.publish(
            of_partition(share=share, clients=_counts(part, last), whole=whole and not first)
        )


def _counts(part: Part, clients: list[str]) -> dict[str, bytes]:
    return {client_id: dumps_keyed(part.counts_of(client_id)) for client_id in clients}


def _chunks(clients: list[str]) -> Iterator[list[str]]:
    """At least one."""
    for first in range(0, max(1, len(clients)), CLIENTS_AT_ONCE):
        yield clients[first : first + CLIENTS_AT_ONCE]
