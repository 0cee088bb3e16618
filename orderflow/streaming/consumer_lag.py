"""How far a consumer is behind, from what it knows already: nobody is asked."""

from collections.abc import Iterator
from typing import Any

from faust.types import TP

Lag = dict[tuple[str, int], int]
"""Topic and partition -> records that are not acknowledged yet."""


def lag_of(consumer: Any) -> Lag:  # noqa: ANN401 - Faust's consumer has no types
    """Of each partition that it handles, as of its last fetch there; what was never fetched is left out.

    Where its group has committed nothing yet it counts from offset 0. Call it in the loop that acknowledges.
    """
    return {(tp.topic, tp.partition): _waiting(consumer, tp, state) for tp, state in _fetched(consumer)}


def partitions_of(consumer: Any) -> set[TP]:  # noqa: ANN401
    """Those that it handles; none before it has started."""
    return {tp for tp, _ in _assigned(consumer)}


def _fetched(consumer: Any) -> Iterator[tuple[TP, Any]]:  # noqa: ANN401
    for tp, state in _assigned(consumer):
        if state is not None and state.highwater is not None and state.has_valid_position:
            yield tp, state


def _assigned(consumer: Any) -> Iterator[tuple[TP, Any]]:  # noqa: ANN401
    """The partitions whose records are acknowledged, a table's are not; with what aiokafka knows of each."""
    acknowledged = consumer.app.topics.acking_topics
    client = consumer._thread._consumer  # noqa: SLF001 - None before it has started
    subscription = client and client._subscription.subscription  # noqa: SLF001 - it tells nobody
    assignment = subscription and subscription.assignment
    for partition in assignment.tps if assignment else ():
        if partition.topic in acknowledged:
            yield TP(*partition), assignment.state_value(partition)


def committed_by(consumer: Any, tp: TP) -> int:  # noqa: ANN401
    """The offset up to which everything is acknowledged, as far as is known here."""
    offset: int | None = consumer._committed_offset.get(tp)  # noqa: SLF001 - it tells nobody
    return offset or 0


def _waiting(consumer: Any, tp: TP, state: Any) -> int:  # noqa: ANN401
    committed = committed_by(consumer, tp)
    if state.position >= state.highwater and not _holds(consumer, tp, committed):
        return 0  # A transaction's end takes an offset, and is no record.
    waiting: int = state.highwater - committed
    return max(0, waiting)


def _holds(consumer: Any, tp: TP, committed: int) -> bool:  # noqa: ANN401
    """Whether it was given a record that is not acknowledged; after a seek the last one read is the one to come."""
    read = consumer._read_offset.get(tp)  # noqa: SLF001 - it tells nobody
    if read is None or read < committed:
        return False
    return read > committed or any(message.tp == tp for message in list(consumer.unacked))
