"""A circuit breaker: after a failure nobody tries for a while, then one does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CircuitOpenError(Exception):
    """A call failed moments ago, so this one was not even tried."""


class CircuitBreaker:
    """Guards calls to one server. `pause` is seconds on the clock `monotonic`."""

    def __init__(self, pause: float, monotonic: Callable[[], float]) -> None:
        self._pause = pause
        self._monotonic = monotonic
        self._open_until: float | None = None

    @contextmanager
    def call(self) -> Iterator[None]:
        """Raises CircuitOpenError instead of running the body while the circuit is open."""
        trial = self._admit()
        try:
            yield
        except Exception:
            self._open()
            raise
        # A call from before the failure proves nothing; the trial after the pause does.
        if trial:
            self._open_until = None

    def _admit(self) -> bool:
        """Whether this call is the trial after a pause; others wait for its end."""
        if self._open_until is None:
            return False
        if self._monotonic() < self._open_until:
            raise CircuitOpenError("failed less than a pause ago")
        self._open()
        return True

    def _open(self) -> None:
        self._open_until = self._monotonic() + self._pause
