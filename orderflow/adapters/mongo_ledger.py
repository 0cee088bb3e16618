"""The verdicts of an order's ledger, as BSON and back."""

from orderflow.adapters import mongo_values as values
from orderflow.adapters.mongo_values import Document, present
from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.stored import Verdict
from orderflow.wire.outcomes import problem_from, problem_json


def verdict_document(verdict: Verdict) -> Document:
    outcome = verdict.outcome
    return present(
        command_id=outcome.command_id,
        command=outcome.type,
        status=outcome.status.value,
        version=outcome.version,
        state=outcome.state,
        fingerprint=outcome.fingerprint,
        error=problem_json(outcome.error) if outcome.error else None,
        at=outcome.at,
        coordinates=values.coordinates_document(verdict.coordinates),
    )


def verdict(document: Document, order_id: str) -> Verdict:
    error, state = document.get("error"), document.get("state")
    return Verdict(
        outcome=Outcome(
            command_id=document["command_id"],
            order_id=order_id,
            type=document.get("command"),
            status=Status(document["status"]),
            replayed=False,
            version=document.get("version"),
            state=State(state) if state else None,
            fingerprint=document.get("fingerprint"),
            error=problem_from(error) if error else None,
            at=document["at"],
        ),
        coordinates=values.coordinates(document["coordinates"]),
    )
