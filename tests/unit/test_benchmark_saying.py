"""What a process that measures says to the one that started it."""

import os
import signal
import threading
from types import FrameType

import orjson
import pytest

from benchmarks.saying import say

LONG = ["x" * 1_000] * 1_000
"""More than a pipe holds."""


@pytest.fixture
def interrupted() -> threading.Event:
    """Set when a signal has come in while the pipe was full."""
    return threading.Event()


def test_all_of_it_arrives_though_a_signal_cuts_a_write_short(
    interrupted: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, spoken = os.pipe()
    found: list[bytes] = []

    def listen() -> None:
        assert interrupted.wait(10)
        with os.fdopen(heard, "rb") as pipe:
            found.append(pipe.read())

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        interrupted.set()

    listener = threading.Thread(target=listen)
    listener.start()
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with os.fdopen(spoken, "wb", buffering=0) as unbuffered:
            monkeypatch.setattr("sys.stdout", unbuffered)
            say(LONG)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    listener.join(10)
    assert orjson.loads(found[0]) == LONG
