"""A request that cannot be done as it stands: the problem travels up to the one place that answers it."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp.web import Response

from orderflow.domain.problems import Problem
from orderflow.wire.problems import CONTENT_TYPE, encode_problem, status_of

RETRY_AFTER = {"Retry-After": "1"}


class RefusedError(Exception):
    """Answered by the problem, under its status."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.type)
        self.problem = problem
        self.headers = headers


def problem_answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body=encode_problem(problem), status=status_of(problem), content_type=CONTENT_TYPE, headers=headers)


def printable(text: str) -> str:
    """What a client sent, fit to be shown: headers and paths may hold bytes that are no text."""
    return text[:128].encode("ascii", "replace").decode()


def known_as(problem: Problem, **members: object) -> Problem:
    """The problem with more extension members."""
    return replace(problem, extra={**problem.extra, **members})
