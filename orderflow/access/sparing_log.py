"""Warnings that anybody from outside may cause, as often as he likes."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping

from orderflow.access.rates import Buckets, Rate

_LINES = Rate(per_second=0.1, burst=1)


class SparingLog:
    """Says each thing once in ten seconds, and how often it was left out. What is said has to be words of ours."""

    def __init__(self, log: logging.Logger, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._lines = Buckets(_LINES, monotonic)
        self._left_out: Counter[str] = Counter()

    def warning(self, said: str, peer: str, fields: Mapping[str, object] | None = None) -> None:
        """`peer` is whom it was said of this time; `fields` stand beside the words."""
        if self._lines.take(said):
            self._left_out[said] += 1
        else:
            more = self._left_out.pop(said, 0)
            again = f" (and {more} times more since this was said)" if more else ""
            self._log.warning("%s: %s%s", peer, said, again, extra=fields)
