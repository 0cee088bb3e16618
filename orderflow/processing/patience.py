"""Retry in place, for ever: a server that is away is never a record's fault."""

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from orderflow.processing.readiness import Readiness


class PoisonError(Exception):
    """Pure code failed on a batch: a bug that no retry mends. Its cause is the bug."""


def patience(server: str, readiness: Readiness, *final: type[Exception]) -> AsyncRetrying:
    """Attempts with exponential backoff and full jitter, 0.1 s to 5 s; readiness is off in between.

    Only a PoisonError and errors of the types `final` come out, as they are.
    """

    def say(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        readiness.waiting_for(server, f"{type(error).__name__}: {error}")

    def passes(error: BaseException) -> bool:
        # Tenacity catches cancellation too, which has to come out or nothing that waits could be stopped.
        return isinstance(error, Exception) and not isinstance(error, (PoisonError, *final))

    return AsyncRetrying(
        wait=wait_random_exponential(multiplier=0.1, min=0.1, max=5),
        retry=retry_if_exception(passes),
        before_sleep=say,
    )
