"""Orders that nobody took up in time are cancelled, as anybody would cancel them."""

import logging
from collections.abc import Callable, Iterator
from itertools import islice, starmap

from orderflow.domain.commands import CancelOrder
from orderflow.domain.lifecycle import State
from orderflow.insights.book import milliseconds
from orderflow.insights.holdings import Holdings
from orderflow.ports import Clock, Publisher
from orderflow.wire.commands import encode_command
from orderflow.wire.records import Message, Topic

log = logging.getLogger(__name__)

ACTOR = "orderflow"
REASON = "expired: it was not taken up in time"
AT_ONCE = 500

_Asked = tuple[str, int]
"""An order, and the version at which its cancellation is asked for."""


class Expiry:
    """Asks for the cancellation of `created` orders that are `after` ms old.

    The command's id follows from the order's version, and it expects that version: however often it is asked, by
    whomever, it has one effect, and none on an order that has moved meanwhile. `end` tells where a partition of the
    events ends, None where that is not known.
    """

    def __init__(
        self, holdings: Holdings, publisher: Publisher, after: int, clock: Clock, end: Callable[[int], int | None]
    ) -> None:
        self._holdings = holdings
        self._publisher = publisher
        self._after = after
        self._clock = clock
        self._end = end
        self._asked: set[_Asked] = set()

    async def look(self) -> None:
        stale = dict(self._stale())
        self._asked &= stale.keys()
        read_up = {number for number, held in self._holdings.whole().items() if held.part.position == self._end(number)}
        due = (asking for asking, number in stale.items() if number in read_up and asking not in self._asked)
        asking = {order[0].encode(): order for order in islice(due, AT_ONCE)}
        if not asking:
            return
        unsent = {message.key for message in await self._publisher.publish([*starmap(_cancellation, asking.values())])}
        sent = {order for key, order in asking.items() if key not in unsent}
        self._asked |= sent
        if sent:
            log.info("%s orders have expired", len(sent))

    def _stale(self) -> Iterator[tuple[_Asked, int]]:
        """With the partition of each: where that was not read up to its end, they may have moved long ago."""
        now = milliseconds(self._clock)
        for number, held in self._holdings.whole().items():
            for order_id, standing in held.part.census.waiting({State.CREATED: 0}, now):
                if standing.created_at + self._after <= now:
                    yield (order_id, standing.version), number


def _cancellation(order_id: str, version: int) -> Message:
    command = CancelOrder(
        command_id=f"orderflow.expire.{version}",
        order_id=order_id,
        expected_version=version,
        reason=REASON,
        actor=ACTOR,
    )
    return Message(topic=Topic.COMMANDS, key=order_id.encode(), value=encode_command(command))
