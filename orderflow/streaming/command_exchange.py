"""Commands onto `order_commands` in bulk and in order, and the outcome of each back."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from aiokafka.errors import KafkaError
from tenacity import AsyncRetrying, RetryError, retry_if_exception_type, stop_after_delay, wait_random_exponential

from orderflow.domain.outcome import Outcome
from orderflow.ports import Publisher
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.wire.records import Message, Topic

WINDOW = 5_000
"""Commands without an outcome at one time: enough for a worker never to wait, few enough to remember."""

Key = tuple[str, str, str | None]


class ExchangeStoppedError(Exception):
    """No more commands are taken, or no more outcomes come; the message says which and how many are missing."""


class UndeliveredError(Exception):
    """Kafka did not confirm some commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A command as it stands in a file, and how its outcome names it: by no fingerprint if it breaks a limit."""

    line: int
    order_id: str
    command_id: str
    fingerprint: str | None
    value: bytes

    @property
    def key(self) -> Key:
        return self.order_id, self.command_id, self.fingerprint


class CommandExchange:
    """At most `window` commands are on their way. `answered` hears of each outcome once and must not raise.

    A command that repeats one on its way is held back until that is answered, so that it gets an outcome of its own.
    A resend of what Kafka may have taken already is safe: the ids make it a repeat.
    """

    def __init__(
        self,
        *,
        publisher: Publisher,
        board: OutcomeBoard,
        answered: Callable[[Outgoing, Outcome], None],
        patience: float,
        window: int = WINDOW,
    ) -> None:
        self._publisher = publisher
        self._board = board
        self._answered = answered
        self._patience = patience
        self._window = window
        self._waiting: dict[Key, asyncio.Future[Outcome]] = {}
        self._wanted: Callable[[], bool] = bool
        self._reached = asyncio.Event()
        self._heard = 0.0

    @property
    def missing(self) -> int:
        """Commands sent whose outcome has not come."""
        return len(self._waiting)

    async def send(self, commands: Sequence[Outgoing]) -> None:
        """Returns when Kafka has them; raises ExchangeStoppedError."""
        batch: list[Outgoing] = []
        for command in commands:
            if not self._fits(command.key):
                await self._deliver(batch)
                batch = []
                await self._until(partial(self._fits, command.key))
            self._expect(command)
            batch.append(command)
        await self._deliver(batch)

    async def drained(self) -> None:
        """Returns when every command has its outcome; raises ExchangeStoppedError."""
        await self._until(lambda: not self._waiting)

    def abandon(self) -> None:
        """Wait for no more outcomes."""
        for waiting in list(self._waiting.values()):
            waiting.cancel()

    def _fits(self, key: Key) -> bool:
        return key not in self._waiting and len(self._waiting) < self._window

    def _expect(self, command: Outgoing) -> None:
        if not self._waiting:
            self._heard = asyncio.get_running_loop().time()
        future = self._board.expect(*command.key)
        self._waiting[command.key] = future
        future.add_done_callback(lambda done: self._settle(command, done))

    def _settle(self, command: Outgoing, done: asyncio.Future[Outcome]) -> None:
        del self._waiting[command.key]
        if not done.cancelled():
            self._heard = asyncio.get_running_loop().time()
            self._answered(command, done.result())
        if self._wanted():
            self._reached.set()

    async def _deliver(self, commands: Sequence[Outgoing]) -> None:
        rest: Sequence[Message] = [
            Message(topic=Topic.COMMANDS, key=command.order_id.encode(), value=command.value) for command in commands
        ]

        async def publish() -> None:
            nonlocal rest
            rest = await self._publisher.publish(rest)
            if rest:
                raise UndeliveredError

        if not rest:
            return
        try:
            await self._retrying()(publish)
            self._heard = asyncio.get_running_loop().time()
        except RetryError as error:
            raise ExchangeStoppedError(
                f"Kafka took no commands for {self._patience:g} s: {self.missing} have no outcome"
            ) from error

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            wait=wait_random_exponential(multiplier=0.1, min=0.1, max=2),
            retry=retry_if_exception_type((KafkaError, TimeoutError, OSError, UndeliveredError)),
            stop=stop_after_delay(self._patience),
        )

    async def _until(self, wanted: Callable[[], bool]) -> None:
        """Wait as long as outcomes keep coming."""
        while not wanted():
            self._wanted = wanted
            self._reached.clear()
            try:
                async with asyncio.timeout_at(self._heard + self._patience):
                    await self._reached.wait()
            except TimeoutError:
                if self._heard + self._patience <= asyncio.get_running_loop().time():
                    raise ExchangeStoppedError(
                        f"no outcome for {self._patience:g} s, {self.missing} missing: does a worker run and keep up?"
                    ) from None
