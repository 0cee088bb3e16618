"""What a command log has to lead to: each record handled once, in order, by rules written down a second time."""

from collections import deque
from dataclasses import dataclass, field

from orderflow.domain.commands import (
    AmendOrder,
    CancelOrder,
    ChangeState,
    Command,
    CorrectOrder,
    CreateOrder,
    HoldOrder,
    ReleaseOrder,
)
from orderflow.domain.lifecycle import State
from orderflow.domain.limits import MAX_LEDGER
from orderflow.domain.order import Item
from tests.unit.faulty_world import BUG

MOVES = {
    State.CREATED: {State.CONFIRMED, State.IN_TRANSIT, State.CANCELLED},
    State.CONFIRMED: {State.IN_TRANSIT, State.CANCELLED},
    State.IN_TRANSIT: {State.DELIVERED, State.RETURNING},
}
"""Among the states that the commands of these tests ask for."""
OUT_OF_THE_WAY = {State.CANCELLED, State.RETURNING}
OPEN = {State.CREATED, State.CONFIRMED}
ENDED = {State.CANCELLED, State.DELIVERED}


@dataclass(kw_only=True)
class ExpectedOrder:
    """What an order is, the commands that changed it, and those it remembers for having changed nothing."""

    state: State
    items: tuple[Item, ...]
    held: bool = False
    applied: list[Command]
    others: deque[tuple[Command, str]]

    def end_of_known(self, command: Command) -> str | None:
        known = [*((other, "applied") for other in self.applied), *self.others]
        same = [(other, end) for other, end in known if other.command_id == command.command_id]
        if not same:
            return None
        return same[0][1] if same[0][0] == command else "command-id-reused"


@dataclass(kw_only=True)
class Expectation:
    """How every record ends: "applied", "unchanged" or the type of a problem."""

    ledger: int
    orders: dict[str, ExpectedOrder] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)

    def end_of(self, command: Command) -> str:
        """Also takes it in: call it once for each record."""
        if command.actor == BUG:
            return "dead-lettered"
        order = self.orders.get(command.order_id)
        if order is None:
            return self._create(command) if isinstance(command, CreateOrder) else "order-not-found"
        end = order.end_of_known(command)
        if end is None:
            end = self._decide(order, command)
            if end == "applied":
                order.applied.append(command)
            else:
                order.others.append((command, end))
        return end

    def _create(self, command: CreateOrder) -> str:
        reference = command.external_ref
        if reference and self.references.setdefault(reference, command.order_id) != command.order_id:
            return "external-ref-taken"
        self.orders[command.order_id] = ExpectedOrder(
            state=State.CREATED, items=command.items, applied=[command], others=deque(maxlen=self.ledger)
        )
        return "applied"

    def _decide(self, order: ExpectedOrder, command: Command) -> str:
        match command:
            case CreateOrder():
                return "order-exists"
            case ChangeState():
                return self._move(order, command.new_state)
            case CancelOrder():
                if order.state in (State.CANCELLED, State.RETURNING):
                    return "unchanged"
                return self._move(order, State.RETURNING if order.state == State.IN_TRANSIT else State.CANCELLED)
            case _:
                return self._decide_exception(order, command)

    def _decide_exception(
        self, order: ExpectedOrder, command: HoldOrder | ReleaseOrder | AmendOrder | CorrectOrder
    ) -> str:
        match command:
            case AmendOrder():
                return self._amend(order, command)
            case CorrectOrder():
                return self._correct(order, command.state or order.state, command.items or order.items)
            case _:
                return self._hold(order, wanted=isinstance(command, HoldOrder))

    def _move(self, order: ExpectedOrder, target: State) -> str:
        if target == order.state:
            return "unchanged"
        if target not in MOVES.get(order.state, ()):
            return "transition-not-allowed"
        if order.held and target not in OUT_OF_THE_WAY:
            return "order-on-hold"
        order.state = target
        return "applied"

    def _hold(self, order: ExpectedOrder, *, wanted: bool) -> str:
        if order.held == wanted:
            return "unchanged"
        if wanted and order.state in ENDED:
            return "transition-not-allowed"
        order.held = wanted
        return "applied"

    def _amend(self, order: ExpectedOrder, command: AmendOrder) -> str:
        if command.items == order.items:
            return "unchanged"
        if order.state not in OPEN:
            return "transition-not-allowed"
        if command.dry_run:
            return "unchanged"
        order.items = command.items
        return "applied"

    def _correct(self, order: ExpectedOrder, state: State, items: tuple[Item, ...]) -> str:
        if (state, items) == (order.state, order.items):
            return "unchanged"
        order.state, order.items = state, items
        return "applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The commands of a log (None: a record that is none) and how each has to end."""

    expectation: Expectation
    commands: list[Command | None] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    def append(self, command: Command | None) -> None:
        self.commands.append(command)
        self.ends.append(self.expectation.end_of(command) if command else "dead-lettered")

    @property
    def forgets(self) -> bool:
        """Whether an order's ledger is too short to remember all that changed nothing."""
        return self.expectation.ledger < MAX_LEDGER

    def applied(self, order_id: str, until: int | None = None) -> list[str]:
        """The ids of the commands that change an order, in order; only records before `until` count."""
        seen: dict[str, None] = {}
        for command, end in zip(self.commands[:until], self.ends, strict=False):
            if command and command.order_id == order_id and end == "applied":
                seen[command.command_id] = None
        return list(seen)
