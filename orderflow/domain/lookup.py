"""Recognise a command that was handled before, by what the order remembers, before anything is decided.

The order of the rules is what makes redelivery, stale owners, duplicates and refilled logs harmless.
"""

from dataclasses import dataclass, replace

from orderflow.domain import problems
from orderflow.domain.commands import CreateOrder
from orderflow.domain.outcome import Outcome
from orderflow.domain.problems import Problem
from orderflow.domain.stored import Change, Received, StoredOrder, Verdict


@dataclass(frozen=True, slots=True)
class Repeat:
    """The stored outcome again; with the change whose event may have been lost, to be announced again."""

    outcome: Outcome
    change: Change | None


@dataclass(frozen=True, slots=True)
class Known:
    """Nothing to decide: a rejection that is published and stored nowhere.

    `unseen`: for this record there is no order, so no version to tell: it came before the creation, or is a stranger's.
    """

    problem: Problem
    replayed: bool = False
    unseen: bool = False


def look_up(stored: StoredOrder, received: Received) -> Repeat | Known | None:
    """What is known of the record; None when it has to be decided."""
    command, coordinates = received.command, received.coordinates
    if coordinates.is_before(stored.created_by):
        if isinstance(command, CreateOrder):
            return Known(problems.external_ref_taken(command.external_ref), unseen=True)
        return Known(problems.order_not_found(command.order_id), unseen=True)
    if not isinstance(command, CreateOrder) and command.client_id not in (None, stored.order.client_id):
        # Remembered nowhere, or strangers could push the order's own commands out of its ledger.
        return Known(problems.order_not_found(command.order_id), unseen=True)
    entry = stored.entry_of(command.command_id)
    if entry is not None:
        return _recognised(entry, received)
    mark = stored.mark_of(coordinates)
    if mark is not None and (coordinates == mark or coordinates.is_before(mark)):
        return _forgotten(received)
    return None


def _recognised(entry: Change | Verdict, received: Received) -> Repeat | Known:
    if received.coordinates.is_before(entry.coordinates):
        return _forgotten(received)
    if received.fingerprint != entry.fingerprint:
        return Known(problems.command_id_reused(received.command.command_id))
    same = received.coordinates == entry.coordinates
    duplicate = entry.coordinates.is_before(received.coordinates)
    return Repeat(
        outcome=entry.outcome if same else replace(entry.outcome, replayed=True),
        change=entry if isinstance(entry, Change) and not duplicate else None,
    )


def _forgotten(received: Received) -> Known:
    return Known(problems.outcome_forgotten(received.command.command_id), replayed=True)
