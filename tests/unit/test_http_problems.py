"""Problem documents: one status per type, in the body as on the line."""

import json

import pytest

from orderflow.domain import problems
from orderflow.domain.lifecycle import State
from orderflow.domain.problems import Problem
from orderflow.wire.problems import STATUS_OF, bad_query, encode_problem, status_of

REJECTIONS = [
    problems.order_not_found("o"),
    problems.order_exists("o"),
    problems.external_ref_taken("r"),
    problems.transition_not_allowed(State.CREATED, State.DELIVERED, [State.CONFIRMED]),
    problems.version_conflict(1, 2),
    problems.history_full(1),
    problems.order_too_large(1),
    problems.command_id_reused("c"),
    problems.outcome_forgotten("c"),
    problems.key_mismatch("o"),
    problems.validation([{"pointer": "#", "detail": "d"}]),
]


@pytest.mark.parametrize("problem", REJECTIONS, ids=lambda problem: problem.type)
def test_every_rejection_has_its_own_client_error(problem: Problem) -> None:
    assert 400 <= status_of(problem) < 500
    document = json.loads(encode_problem(problem))
    assert (document["type"], document["status"]) == (problem.type, status_of(problem))
    assert document.items() >= problem.extra.items()


def test_a_type_without_a_status_is_our_fault() -> None:
    assert status_of(Problem(type="made-up", title="", detail="")) == 500
    assert set(STATUS_OF.values()) <= {400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 429, 431, 500, 503}


def test_bad_parameters_are_counted() -> None:
    assert bad_query([{"parameter": "limit", "detail": "d"}]).detail == "1 query parameter is not valid."
