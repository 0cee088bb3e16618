"""When calls are tried, with a clock of our own."""

import pytest

from orderflow.adapters.circuit_breaker import CircuitBreaker, CircuitOpenError


class Setting:
    """A breaker with a pause of two seconds, and its time."""

    def __init__(self) -> None:
        self.now = 100.0
        self.breaker = CircuitBreaker(2.0, lambda: self.now)

    def fail(self) -> None:
        with pytest.raises(OSError, match="away"), self.breaker.call():
            raise OSError("away")

    def succeed(self) -> None:
        with self.breaker.call():
            pass

    def is_refused(self) -> bool:
        with pytest.raises(CircuitOpenError):
            self.succeed()
        return True


@pytest.fixture
def setting() -> Setting:
    return Setting()


def test_after_a_failure_calls_are_refused_until_the_pause_is_over(setting: Setting) -> None:
    setting.fail()
    setting.now += 1.99
    assert setting.is_refused()
    setting.now += 0.01
    setting.succeed()
    setting.succeed()


def test_after_the_pause_only_one_call_is_tried_at_a_time(setting: Setting) -> None:
    setting.fail()
    setting.now += 2
    with setting.breaker.call():
        assert setting.is_refused()
    setting.succeed()


def test_a_trial_that_fails_begins_another_pause(setting: Setting) -> None:
    setting.fail()
    setting.now += 2
    setting.fail()
    setting.now += 1
    assert setting.is_refused()


def test_a_call_from_before_the_failure_does_not_end_the_pause(setting: Setting) -> None:
    with setting.breaker.call():
        setting.fail()
    assert setting.is_refused()


def test_a_cancelled_trial_leaves_the_next_one_to_another(setting: Setting) -> None:
    setting.fail()
    setting.now += 2
    with pytest.raises(KeyboardInterrupt), setting.breaker.call():
        raise KeyboardInterrupt
    assert setting.is_refused()
    setting.now += 2
    setting.succeed()
