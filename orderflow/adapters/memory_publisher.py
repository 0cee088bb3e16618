"""Messages in memory: the twin of the Kafka publisher."""

from collections.abc import Callable, Sequence

from orderflow.wire.records import Message, Topic


class InMemoryPublisher:
    """Keeps what was delivered, by topic. `refuses` is asked for each message how it fares, `sent` counts them.

    After a refused message the rest of its key is refused too, as a partition of Kafka keeps its order.
    """

    def __init__(self, refuses: Callable[[int], bool] = lambda _: False) -> None:
        self.delivered: dict[Topic, list[Message]] = {topic: [] for topic in Topic}
        self.refuses = refuses
        self.sent = 0

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        refused: list[Message] = []
        for message in messages:
            self.sent += 1
            if self.refuses(self.sent) or any(_follows(message, other) for other in refused):
                refused.append(message)
            else:
                self.delivered[message.topic].append(message)
        return refused


def _follows(message: Message, other: Message) -> bool:
    return message.topic == other.topic and message.key == other.key
