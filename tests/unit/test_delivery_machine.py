"""The delivery guarantee searched for a counterexample; without its safeguards one is found.

ORDERFLOW_MODEL_SEEDS says how many runs are tried, then at random.
"""

import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from orderflow.domain.handle import Effect, handle
from tests.unit.delivery_machine import DeliveryMachine
from tests.weakened import MiscountingStore, OverwritingCache, UnguardedStore

RUNS = os.environ.get("ORDERFLOW_MODEL_SEEDS")
SEARCH = settings(
    max_examples=int(RUNS or "40"),
    stateful_step_count=30,
    derandomize=RUNS is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

pytestmark = pytest.mark.usefixtures("quiet")


class Unguarded(DeliveryMachine):
    store = UnguardedStore


class Miscounting(DeliveryMachine):
    store = MiscountingStore


class Overwriting(DeliveryMachine):
    cache = OverwritingCache


class AcknowledgingEarly(DeliveryMachine):
    acknowledges_early = True


def without_events_of_repeats(*arguments: Any) -> Effect:  # noqa: ANN401
    effect = handle(*arguments)
    return replace(effect, change=None) if effect.stored is arguments[0] else effect


class Silent(DeliveryMachine):
    """Repeats announce nothing."""

    def patch(self) -> None:
        super().patch()
        self.patches.setattr("orderflow.processing.fold.handle", without_events_of_repeats)


class Amnesiac(DeliveryMachine):
    """Orders do not know the commands they have handled."""

    def patch(self) -> None:
        super().patch()
        self.patches.setattr("orderflow.domain.handle.look_up", lambda *_: None)


class ShortMemory(DeliveryMachine):
    """A ledger of one entry, so that outcomes are forgotten all the time."""

    ledger = 1


@pytest.mark.parametrize("machine", [DeliveryMachine, ShortMemory])
def test_whatever_happens_the_promises_hold(machine: type[DeliveryMachine]) -> None:
    run_state_machine_as_test(machine, settings=SEARCH)


@pytest.mark.parametrize(
    ("machine", "broken"),
    [
        (Unguarded, "an event is not what the history says|has two meanings"),
        (Miscounting, "an event is not what the history says"),
        (Overwriting, "the cache is ahead"),
        (AcknowledgingEarly, "has no outcome|acknowledged before it was announced"),
        (Silent, "acknowledged before it was announced"),
        (Amnesiac, r"ended \['applied', 'order-exists'\]|changed by other commands"),
    ],
)
def test_without_a_safeguard_a_counterexample_is_found(machine: type[DeliveryMachine], broken: str) -> None:
    search = settings(
        SEARCH,
        max_examples=1_000,
        stateful_step_count=20,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError, match=broken):
        run_state_machine_as_test(machine, settings=search)
