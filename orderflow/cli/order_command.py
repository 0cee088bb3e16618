"""An order from a file to the command that creates it, with ids that a second import gives it again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from orderflow.cli.command_lines import BadLine
from orderflow.domain.commands import CreateOrder
from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.domain.problems import Problem
from orderflow.streaming.command_exchange import Outgoing
from orderflow.wire.bodies import CreateOrderBody, command_of, read_create_order
from orderflow.wire.commands import whole_problem
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.json import dumps

Naming = Callable[[str], str]


def read_order(line: int, value: bytes, issued_at: datetime, naming: Naming = str) -> Outgoing | BadLine:
    """`value` is what `POST /orders` would take; `naming` turns a field's path, as `items/0/price`, into its name."""
    body = read_create_order(value)
    if isinstance(body, Problem):
        return BadLine(line=line, reason=reason_of(body, naming))
    command = _command(body, issued_at)
    problem = whole_problem(command)
    if problem:
        return BadLine(line=line, reason=reason_of(problem, naming))
    encoded = _encoded(command, value)
    if len(encoded) > MAX_RECORD_BYTES:
        return BadLine(line=line, reason=f"the order takes more than {MAX_RECORD_BYTES} bytes")
    return Outgoing(
        line=line,
        order_id=command.order_id,
        command_id=command.command_id,
        fingerprint=fingerprint_of(command),
        value=encoded,
    )


def reason_of(problem: Problem, naming: Naming = str) -> str:
    """All fields at fault in one line; without fields, the problem's detail."""
    errors = problem.extra.get("errors")
    if not isinstance(errors, Sequence):
        return problem.detail
    return "; ".join(f"{naming(error['pointer'].removeprefix('#/'))}: {error['detail']}" for error in errors)


def identity(body: CreateOrderBody) -> str:
    """32 hex digits of a SHA-256 over client and external reference; without a reference, over the whole content."""
    if body.external_ref is not None:
        what = ["external_ref", body.client_id, body.external_ref]
    else:
        nameless = command_of(body, order_id="", command_id="", issued_at=datetime.min)  # noqa: DTZ901  not hashed
        what = ["content", fingerprint_of(nameless)]
    # As JSON, in which no two lists read the same.
    return sha256(dumps(what)).hexdigest()[:32]


def _encoded(command: CreateOrder, body: bytes) -> bytes:
    """The body with what a command has besides: it is strictly valid, and encoding it anew takes half of all time."""
    added = {
        "type": command.type,
        "command_id": command.command_id,
        "order_id": command.order_id,
        "issued_at": command.issued_at,
    }
    return dumps(added)[:-1] + b"," + body.strip()[1:]


def _command(body: CreateOrderBody, issued_at: datetime) -> CreateOrder:
    name = identity(body)
    command = command_of(body, order_id=f"ord_{name}", command_id=f"import_{name}", issued_at=issued_at)
    if not isinstance(command, CreateOrder):
        raise TypeError("a body of an order asked for something else")
    return command
