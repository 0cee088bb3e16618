"""What a view's method is: read by whoever admits a request, and by whoever documents the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from orderflow.access.principal import Scope
from web.http.parameters import Parameter

_ATTRIBUTE = "operation"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header of a request or an answer. `answered`: the header in which an answer says that it was heeded."""

    name: str
    description: str
    type: Any = str
    answered: "Header | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a status of success comes with: the shape of its body (None: it has none), and headers."""

    shape: Any = None
    headers: tuple[Header, ...] = ()
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`scope` is what a principal needs (None: the operation is open), `body` what the request's body is read into.

    `parameters` are those of the query, `headers` those of the request that mean something here, `problems` the types
    that are this operation's own, beside those that follow from all this.
    """

    summary: str
    scope: Scope | None
    body: Any = None
    parameters: tuple[Parameter[Any], ...] = ()
    headers: tuple[Header, ...] = ()
    answers: Mapping[int, Answer] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def operation(
    summary: str,
    *,
    scope: Scope | None,
    body: Any = None,  # noqa: ANN401 - a type form
    parameters: tuple[Parameter[Any], ...] = (),
    headers: tuple[Header, ...] = (),
    answers: Mapping[int, Any] | None = None,
    problems: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Says of a view's method what it does; `answers` maps a status to an Answer, or to the shape of one."""
    said = Operation(
        summary=summary,
        scope=scope,
        body=body,
        parameters=parameters,
        headers=headers,
        answers={status: _answer(given) for status, given in (answers or {}).items()},
        problems=problems,
    )

    def mark(method: F) -> F:
        setattr(method, _ATTRIBUTE, said)
        return method

    return mark


def _answer(given: Any) -> Answer:  # noqa: ANN401 - a type form
    return given if isinstance(given, Answer) else Answer(shape=given)


def operation_of(method: Callable[..., Any]) -> Operation:
    """Raises AttributeError for a method that does not say what it is: nobody may call it."""
    said: Operation = getattr(method, _ATTRIBUTE)
    return said


def said_of(method: Callable[..., Any] | None) -> Operation | None:
    """None for what is no operation."""
    return getattr(method, _ATTRIBUTE, None)
