"""What a view's method is: read by whoever admits a request, and by whoever documents the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from orderflow.access.principal import Scope

_ATTRIBUTE = "operation"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`answers` maps each status of success to the shape of its body (None: it has none).

    `scope` is what a principal needs (None: the operation is open), `body` the type that the request's body is read
    into, `problems` the problem types that are this operation's own, beside those that any operation may answer with.
    """

    summary: str
    scope: Scope | None
    body: Any = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def operation(
    summary: str,
    *,
    scope: Scope | None,
    body: Any = None,  # noqa: ANN401 - a type form
    answers: Mapping[int, Any] | None = None,
    problems: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Says of a view's method what it does."""
    said = Operation(summary=summary, scope=scope, body=body, answers=answers or {}, problems=problems)

    def mark(method: F) -> F:
        setattr(method, _ATTRIBUTE, said)
        return method

    return mark


def operation_of(method: Callable[..., Any]) -> Operation:
    """Raises AttributeError for a method that does not say what it is: nobody may call it."""
    said: Operation = getattr(method, _ATTRIBUTE)
    return said
