"""Readings of consumer groups, made up."""

from orderflow.wire.groups import GroupReading, Member, Position


def position(partition: int, committed: int | None, end: int, begin: int = 0) -> Position:
    return Position(partition=partition, begin=begin, end=end, committed=committed)


def member(number: int, *partitions: int) -> Member:
    return Member(id=f"m{number}", client_id=f"worker@host:{number}", host="10.0.0.7", partitions=partitions)


def reading(*positions: Position, members: tuple[Member, ...] = (), state: str = "Stable") -> GroupReading:
    return GroupReading(
        group="orderflow-worker", topic="order_commands", state=state, positions=positions, members=members
    )
