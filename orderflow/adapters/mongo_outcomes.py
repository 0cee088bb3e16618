"""What an order remembers of its commands, without the order."""

from orderflow.adapters.mongo_ledger import verdict
from orderflow.adapters.mongo_values import Document
from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Outcome, Status

_OF_CHANGES = ("command_id", "command", "fingerprint", "version", "to", "at")
OUTCOMES = {"ledger": True, **{f"history.{field}": True for field in _OF_CHANGES}}
"""The projection that `outcomes_of` reads."""


def outcomes_of(document: Document) -> list[Outcome]:
    """As its entries tell them, see Change.outcome and Verdict; none where a later version wrote what is not known."""
    order_id: str = document["_id"]
    try:
        changes = [_of_change(entry, order_id) for entry in document["history"]]
        return changes + [verdict(entry, order_id).outcome for entry in document["ledger"]]
    except (KeyError, ValueError, TypeError):
        return []


def _of_change(entry: Document, order_id: str) -> Outcome:
    return Outcome(
        command_id=entry["command_id"],
        order_id=order_id,
        type=entry["command"],
        status=Status.APPLIED,
        replayed=False,
        version=entry["version"],
        state=State(entry["to"]),
        fingerprint=entry["fingerprint"],
        error=None,
        at=entry["at"],
    )
