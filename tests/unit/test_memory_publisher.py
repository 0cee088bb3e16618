"""The publisher of unit tests, itself tested: it must fail as Kafka does."""

from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.wire.records import Message, Topic


def message(key: str, value: str) -> Message:
    return Message(topic=Topic.EVENTS, key=key.encode(), value=value.encode())


async def test_delivered_messages_are_kept_by_topic() -> None:
    publisher = InMemoryPublisher()
    assert await publisher.publish([message("a", "1"), message("b", "2")]) == []
    assert [sent.value for sent in publisher.delivered[Topic.EVENTS]] == [b"1", b"2"]


async def test_after_a_refused_message_the_rest_of_its_key_is_to_be_sent_again_in_order() -> None:
    publisher = InMemoryPublisher(refuses=lambda number: number == 2)
    messages = [message("a", "1"), message("a", "2"), message("b", "3"), message("a", "4")]
    again = await publisher.publish(messages)
    assert again == [messages[1], messages[3]]
    assert await publisher.publish(again) == []
    assert publisher.delivered[Topic.EVENTS] == [messages[0], messages[2], messages[1], messages[3]]
