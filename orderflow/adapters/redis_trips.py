"""Commands that are asked for in the same moment go to Redis together: a round trip costs more than what it carries."""

import asyncio
from typing import Any

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.ports import CacheUnavailableError

Word = str | bytes | int
Passenger = tuple[tuple[Word, ...], asyncio.Future[Any]]


class RedisTrips:
    """Every trip is one call of the connection; a command that Redis refuses fails alone."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._waiting: list[Passenger] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def ask(self, *command: Word) -> Any:  # noqa: ANN401 - whatever the command returns
        """Raises CacheUnavailableError."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._depart)
        self._waiting.append((command, answer))
        return await answer

    def _depart(self) -> None:
        trip = asyncio.create_task(self._travel(self._waiting))
        self._waiting = []
        self._under_way.add(trip)
        trip.add_done_callback(self._under_way.discard)

    async def _travel(self, passengers: list[Passenger]) -> None:
        """Whatever happens on the way, everyone hears of it."""
        answered: list[tuple[Passenger, Any]]
        try:
            async with self._connection.call() as redis:
                pipeline = redis.pipeline(transaction=False)
                for command, _ in passengers:
                    pipeline.execute_command(*command)
                answers = await pipeline.execute(raise_on_error=False)
            answered = list(zip(passengers, answers, strict=True))
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - drivers cancel what waits for them, too
            answered = [(passenger, error) for passenger in passengers]
        for (_, answer), given in answered:
            if answer.done():
                continue
            if isinstance(given, BaseException):
                answer.set_exception(CacheUnavailableError(type(given.__cause__ or given).__name__))
            else:
                answer.set_result(given)
