"""A job's commands onto Kafka: many at a time, those that need an order in theirs."""

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from orderflow.domain.commands import CreateOrder
from orderflow.domain.outcome import Outcome
from orderflow.streaming.command_producer import DeliveryUnknownError, NotAcceptedError
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.jobs import Name
from web.bulk.items import Sending, Work
from web.facade import Facade

IN_FLIGHT = 256
"""Commands of one request that Kafka has not confirmed yet."""

Expected = asyncio.Future[Outcome]


class Sender:
    """Notes in each item how far its command got; `heard` are the outcomes that came.

    `refused`: some command was turned down in a way that only its item will remember.
    """

    def __init__(self, facade: Facade, headers: Sequence[tuple[str, bytes]]) -> None:
        self.facade = facade
        self.heard: dict[Name, Outcome] = {}
        self.refused = False
        self.failed = False
        self._headers = headers

    def know(self, work: Work, outcomes: Mapping[Name, Outcome]) -> None:
        """Outcomes of before: their commands are not sent again."""
        self.heard.update(outcomes)
        for sending in work.sendings:
            if sending and sending.name in outcomes:
                sending.item.status = ItemStatus.PENDING

    async def send(self, sending: Sending) -> Expected | None:
        """The outcome to come; None where Kafka did not confirm the command."""
        item, board = sending.item, self.facade.board
        expected = board.expect(*sending.name, item.fingerprint)
        expected.add_done_callback(lambda done: self._hear(sending, done))
        taken = False
        try:
            taken = await self._enqueue(sending)
        finally:
            if not taken:
                expected.cancel()
        if not taken:
            self.failed = True
            return None
        board.mark_pending(*sending.name, item.fingerprint)
        return expected

    async def send_all(self, sendings: Iterable[Sending]) -> list[Expected]:
        """After a command that Kafka did not take, no more are begun."""
        limit = asyncio.Semaphore(IN_FLIGHT)
        lanes = await asyncio.gather(*(self._lane(lane, limit) for lane in _lanes(sendings)))
        return [expected for lane in lanes for expected in lane]

    async def _lane(self, lane: Sequence[Sending], limit: asyncio.Semaphore) -> list[Expected]:
        """One after the other; a creation waits for the outcome of the one before that has its reference.

        Where that does not come in time no more are waited for.
        """
        sent: list[Expected] = []
        waits = isinstance(lane[0].command, CreateOrder)
        for sending in lane:
            if waits and sent:
                _, late = await asyncio.wait(sent[-1:], timeout=self.facade.wait_seconds)
                waits = not late
            async with limit:
                expected = None if self.failed else await self.send(sending)
            if expected is None:
                break
            sent.append(expected)
        return sent

    async def _enqueue(self, sending: Sending) -> bool:
        item = sending.item
        item.status = ItemStatus.UNKNOWN  # As long as nobody knows; when this is cancelled, that is for ever.
        try:
            await self.facade.commands.enqueue(sending.command.order_id, sending.value, self._headers)
        except NotAcceptedError:
            item.status = ItemStatus.NOT_SENT
            return False
        except DeliveryUnknownError:
            return False
        if item.status is ItemStatus.UNKNOWN:  # Its outcome may have come before.
            item.status = ItemStatus.PENDING
        return True

    def _hear(self, sending: Sending, done: Expected) -> None:
        if not done.cancelled():
            self.heard[sending.name] = done.result()
            self.refused |= sending.item.hear(done.result())


def _lanes(sendings: Iterable[Sending]) -> list[list[Sending]]:
    """Of one order, or of one client's reference, which only one order can have: the others side by side."""
    lanes: dict[Hashable, list[Sending]] = defaultdict(list)
    for sending in sendings:
        command = sending.command
        reference = command.external_ref if isinstance(command, CreateOrder) else None
        lanes[(command.client_id, reference) if reference else command.order_id].append(sending)
    return list(lanes.values())
