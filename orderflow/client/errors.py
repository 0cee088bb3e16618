"""What a call may raise: one error with its problem, and a class of its own where callers do different things."""

from collections.abc import Mapping
from typing import Self

from orderflow.wire.shapes import HttpProblem


class OrderflowError(Exception):
    """The call did not succeed; `problem` says why: `type`, `status`, `detail` and, for wrong fields, `errors`."""

    def __init__(self, problem: HttpProblem, retry_after: float = 0.0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.retry_after = retry_after

    def __str__(self) -> str:
        wrong = "".join(f"; {_place(error)} {error['detail']}" for error in self.problem.get("errors", ()))
        return f"{self.problem['type']} ({self.problem['status']}): {self.problem['detail']}{wrong}"


class UnauthenticatedError(OrderflowError):
    """401: no credentials, or none that are known."""


class ForbiddenError(OrderflowError):
    """403: these credentials may not do that."""


class NotFoundError(OrderflowError):
    """404: there is no such order or command, at least for these credentials."""


class ConflictError(OrderflowError):
    """409: the order is in a state, or at a version, in which it cannot be done."""


class PreconditionFailedError(OrderflowError):
    """412: the order is not at the version of `if_match` any more."""


class InvalidError(OrderflowError):
    """422: `problem["errors"]` names every wrong field."""


class RateLimitedError(OrderflowError):
    """429, until the call's time was over."""


class UnavailableError(OrderflowError):
    """503, until the call's time was over. A write may be repeated under its `idempotency_key`."""


class UnreachableError(OrderflowError):
    """Nobody answered until the call's time was over; whether a write arrived is not known."""

    @classmethod
    def after(cls, error: Exception) -> Self:
        detail = f"No answer: {type(error).__name__}: {error}".removesuffix(": ")
        return cls({"type": "unreachable", "title": "Unreachable", "detail": detail, "status": 0})


class OutcomePendingError(OrderflowError):
    """The command was taken, and its outcome was not known in time: `wait_for` waits on, `command` asks again."""

    def __init__(self, order_id: str, command_id: str) -> None:
        detail = f"The outcome of the command {command_id} of the order {order_id} is not known yet."
        super().__init__({"type": "outcome-pending", "title": "Outcome pending", "detail": detail, "status": 202})
        self.order_id = order_id
        self.command_id = command_id


class JobUnfinishedError(OrderflowError):
    """A bulk request was taken, and not all of it done in time: `wait_for_job` waits on, `job` shows how far it got.

    Sent again under its `idempotency_key` it goes on where it stopped.
    """

    def __init__(self, job_id: str) -> None:
        detail = f"The job {job_id} has not ended yet."
        super().__init__({"type": "job-unfinished", "title": "Job unfinished", "detail": detail, "status": 202})
        self.job_id = job_id


_BY_STATUS: Mapping[int, type[OrderflowError]] = {
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    412: PreconditionFailedError,
    422: InvalidError,
    429: RateLimitedError,
    503: UnavailableError,
}


def error_of(problem: HttpProblem, retry_after: float = 0.0) -> OrderflowError:
    """`retry_after`: after so many seconds it may be tried again, where the facade says so."""
    return _BY_STATUS.get(problem["status"], OrderflowError)(problem, retry_after)


def _place(error: Mapping[str, object]) -> object:
    return error.get("pointer") or error.get("parameter")
