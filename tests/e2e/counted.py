"""What insights roles publish of a deployment, read as a facade reads it; and events for them to count."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_statistics import RedisStatistics
from orderflow.domain.commands import Command
from orderflow.domain.lifecycle import State
from orderflow.insights.share import decode_share
from orderflow.insights.summary import statistics
from orderflow.wire.events import encode_event
from orderflow.wire.statistics_shapes import Statistics
from tests.builders import NOW, change_state, create_order, stored_order
from tests.e2e.deployment import Deployment

ROAD = (State.CONFIRMED, State.ASSIGNED, State.IN_TRANSIT, State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Published:
    """The statistics of one deployment."""

    board: RedisStatistics
    partitions: int

    async def statistics(self) -> Statistics:
        found = await self.board.shares(self.partitions)
        return statistics([decode_share(share) for share in found.values()], self.partitions, NOW)

    async def counts(self) -> dict[State, int] | None:
        """None while not every partition is there."""
        found = await self.statistics()
        return {state: count for state, count in found["by_state"].items() if count} if found["complete"] else None


@asynccontextmanager
async def published(deployment: Deployment, redis_url: str) -> AsyncIterator[Published]:
    connection = RedisConnection(SecretStr(redis_url), limit=10)
    yield Published(RedisStatistics(connection, f"{deployment.prefix}:"), deployment.partitions)
    await connection.close()


def orders(name: str, count: int) -> Iterator[tuple[str, State]]:
    """Their ids and the states that they come to, one after the other."""
    ends = (State.CREATED, *ROAD)
    for number in range(count):
        yield f"{name}-{number}", ends[number % len(ends)]


def events(placed: Iterable[tuple[str, State]]) -> list[tuple[str, bytes]]:
    """Key and value of each event of the orders."""
    told: list[tuple[str, bytes]] = []
    for order_id, state in placed:
        moves = ROAD[: ROAD.index(state) + 1] if state in ROAD else ()
        commands: list[Command] = [create_order(order_id), *(change_state(order_id, move) for move in moves)]
        told += [(order_id, encode_event(change.event)) for change in stored_order(*commands).history]
    return told


def counted(placed: Iterable[tuple[str, State]]) -> Mapping[State, int]:
    found: dict[State, int] = {}
    for _, state in placed:
        found[state] = found.get(state, 0) + 1
    return found
