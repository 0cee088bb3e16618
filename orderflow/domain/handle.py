"""One command on one stored order: look it up, decide, evolve, remember."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from orderflow.domain.decide import Rules, decide
from orderflow.domain.decision import Applied, Rejected, Unchanged
from orderflow.domain.evolve import evolve
from orderflow.domain.limits import MAX_LEDGER, MAX_SOURCES
from orderflow.domain.lookup import Known, Repeat, look_up
from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.problems import Problem
from orderflow.domain.stored import Change, Coordinates, Received, StoredOrder, Verdict, truncated


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a command led to: the order as it is to be stored, the outcome, and the change to announce.

    `repeated`: it had been handled before.
    """

    stored: StoredOrder | None
    outcome: Outcome
    change: Change | None = None
    repeated: bool = False


def handle(stored: StoredOrder | None, received: Received, now: datetime, rules: Rules) -> Effect:
    """Fold one record into an order. `stored` comes back as the same object when nothing is to be written."""
    known = look_up(stored, received) if stored else None
    match known:
        case Repeat():
            return Effect(stored=stored, outcome=known.outcome, change=known.change, repeated=True)
        case Known():
            shown = rejected(None if known.unseen else stored, received, known.problem, now).outcome
            return Effect(stored=stored, outcome=replace(shown, replayed=known.replayed), repeated=known.replayed)
        case None:
            return _decided(stored, received, now, rules)
        case _:
            assert_never(known)


def rejected(stored: StoredOrder | None, received: Received, problem: Problem, now: datetime) -> Effect:
    """A rejection that the order does not remember."""
    return Effect(stored=stored, outcome=_outcome(stored, received, now, Status.REJECTED, problem))


def remembered_rejection(stored: StoredOrder, received: Received, problem: Problem, now: datetime) -> Effect:
    """A rejection that goes into the order's ledger."""
    return _remember(stored, received, _outcome(stored, received, now, Status.REJECTED, problem))


def _decided(stored: StoredOrder | None, received: Received, now: datetime, rules: Rules) -> Effect:
    decision = decide(stored.order if stored else None, received.command, now, rules)
    match decision:
        case Applied(event):
            change = Change(
                event=event,
                command_type=received.command.type,
                fingerprint=received.fingerprint,
                coordinates=received.coordinates,
                traceparent=received.traceparent,
            )
            return Effect(stored=_applied(stored, change), outcome=change.outcome, change=change)
        case Unchanged() if stored:
            return _remember(stored, received, _outcome(stored, received, now, Status.UNCHANGED, None))
        case Rejected(problem) if stored:
            return remembered_rejection(stored, received, problem, now)
        case Rejected(problem):
            return rejected(None, received, problem, now)
        case _:
            raise AssertionError(f"{decision} of an order that does not exist")


def _applied(stored: StoredOrder | None, change: Change) -> StoredOrder:
    if stored is None:
        return StoredOrder(
            order=evolve(None, change.event), revision=0, history=(change,), sources=(change.coordinates,)
        )
    return StoredOrder(
        order=evolve(stored.order, change.event),
        revision=stored.revision,
        history=(*stored.history, change),
        ledger=stored.ledger,
        sources=_advanced(stored.sources, change.coordinates),
    )


def _remember(stored: StoredOrder, received: Received, outcome: Outcome) -> Effect:
    verdict = Verdict(outcome=outcome, coordinates=received.coordinates)
    ledger = (*stored.ledger, verdict)[-MAX_LEDGER:]
    sources = _advanced(stored.sources, received.coordinates)
    return Effect(stored=replace(stored, ledger=ledger, sources=sources), outcome=outcome)


def _advanced(sources: tuple[Coordinates, ...], newest: Coordinates) -> tuple[Coordinates, ...]:
    """The marks with this record's, the most recently moved last; the oldest go.

    In one log a timestamp never goes back with a rising offset; a smaller offset means a refilled log.
    """
    others = tuple(source for source in sources if not source.is_of_log(newest))
    old = next((source for source in sources if source.is_of_log(newest)), None)
    if old and newest.offset > old.offset and newest.timestamp < old.timestamp:
        newest = replace(newest, timestamp=old.timestamp)
    return (*others, newest)[-MAX_SOURCES:]


def _outcome(
    stored: StoredOrder | None, received: Received, now: datetime, status: Status, problem: Problem | None
) -> Outcome:
    command, order = received.command, stored.order if stored else None
    return Outcome(
        command_id=command.command_id,
        order_id=command.order_id,
        type=command.type,
        status=status,
        replayed=False,
        version=order.version if order else None,
        state=order.state if order else None,
        fingerprint=received.fingerprint,
        error=problem,
        at=max(truncated(now), order.updated_at) if order else truncated(now),
    )
