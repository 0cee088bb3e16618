"""What the model's one order is asked, and the log that it stands in."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from orderflow.domain.commands import Command
from orderflow.domain.lifecycle import State
from orderflow.wire.commands import encode_command
from orderflow.wire.records import Record
from tests.builders import amend_order, change_state, correct_order, create_order, hold_order, release_order

TARGETS = [State.CREATED, State.CONFIRMED, State.IN_TRANSIT, State.DELIVERED]


def commands(random: Random) -> list[Command]:
    """A creation and its changes, then some of them again; one in twelve with other content."""
    made: list[Command] = [create_order(), *(change(random, f"c{number}") for number in range(8))]
    if random.random() < 0.3:
        random.shuffle(made)
    chosen = [random.choice(made) if random.random() < 0.4 else each for each in made]
    chosen += random.choices(made, k=9)
    return [replace(each, actor="another") if random.random() < 0.08 else each for each in chosen]


def change(random: Random, command_id: str) -> Command:
    """Of any type; half of them are moves."""
    others = [hold_order(), release_order(), amend_order(), amend_order(dry_run=True), correct_order()]
    move = change_state(new_state=random.choice(TARGETS))
    return replace(move if random.random() < 0.5 else random.choice(others), command_id=command_id)


def log_of(commands: Sequence[Command], start: int) -> list[Record]:
    """Some records share a timestamp."""
    return [
        Record(
            topic="order_commands",
            partition=0,
            offset=offset,
            timestamp=start + offset // 3,
            key=command.order_id.encode(),
            value=encode_command(command),
        )
        for offset, command in enumerate(commands)
    ]
