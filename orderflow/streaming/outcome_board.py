"""What a process has seen on `order_outcomes`: it wakes who waits and remembers what is recent; no I/O."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from orderflow.domain.outcome import PASSING, Outcome
from orderflow.ports import Pending
from orderflow.wire.outcomes import CACHE_SKIPPED, decode_outcome

log = logging.getLogger(__name__)

MAX_VERSIONS = 50_000
MAX_OUTCOMES = 10_000
BYPASS_SECONDS = 30.0
"""A page of a list is cached for no longer."""

Name = tuple[str, str]
"""What identifies a command: its order's id and its own."""
Expected = tuple[str | None, asyncio.Future[Outcome]]
"""A fingerprint, and who waits for the outcome of the command that has it."""
Seen = tuple[bytes | Pending | None, bool]
"""An encoded outcome or a mark, and whether the order remembers it; what none does hides nothing."""
_NOTHING: Seen = (None, False)
V = TypeVar("V")


class OutcomeBoard:
    """`monotonic` tells seconds that never go back."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._waiting: dict[Name, list[Expected]] = {}
        self._versions: OrderedDict[str, int] = OrderedDict()
        self._outcomes: OrderedDict[Name, Seen] = OrderedDict()
        self._bypassed: OrderedDict[str, float] = OrderedDict()
        self._unheard: OrderedDict[Name, float] = OrderedDict()

    def expect(self, order_id: str, command_id: str, fingerprint: str | None) -> asyncio.Future[Outcome]:
        """Call it before the command is produced; cancel it to wait no longer."""
        name, future = (order_id, command_id), asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, []).append((fingerprint, future))
        future.add_done_callback(lambda done: self._forget(name, (fingerprint, done)))
        return future

    def receive(self, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Take in one record; one that is no outcome is logged and skipped."""
        try:
            fields: dict[str, Any] = orjson.loads(value or b"")
            order_id, command_id = fields["order_id"], fields["command_id"]
            self._remember(order_id, command_id, fields, value or b"")
            if CACHE_SKIPPED in headers:
                self._bypass(order_id)
            expected, fingerprint = self._waiting.get((order_id, command_id), ()), fields.get("fingerprint")
            waiting = [future for wanted, future in expected if wanted == fingerprint]
            outcome = decode_outcome(value or b"") if waiting else None
        except (ValueError, KeyError, TypeError):
            log.warning("a record on the outcome topic is no outcome: %.200r", value)
            return
        for future in waiting:
            if outcome and not future.done():
                future.set_result(outcome)

    def newest_version(self, order_id: str) -> int:
        """0 for an order not heard of lately."""
        return self._versions.get(order_id, 0)

    def outcome(self, order_id: str, command_id: str) -> bytes | Pending | None:
        """The encoded outcome, or the first mark that was made; None for a command not heard of lately."""
        return self._outcomes.get((order_id, command_id), _NOTHING)[0]

    def asked(self, order_id: str, command_id: str) -> bytes | Pending | None:
        """As `outcome`; a command that somebody here waits for counts as pending, even before Kafka has it."""
        waiting = [fingerprint for fingerprint, _ in self._waiting.get((order_id, command_id), ()) if fingerprint]
        return self.outcome(order_id, command_id) or (Pending(waiting[0]) if waiting else None)

    def mark_pending(self, order_id: str, command_id: str, fingerprint: str) -> None:
        """Never hides an outcome, nor an earlier mark."""
        if (order_id, command_id) not in self._outcomes:
            _put(self._outcomes, (order_id, command_id), (Pending(fingerprint), False), MAX_OUTCOMES)

    def learn(self, order_id: str, command_id: str, version: int) -> None:
        """MongoDB has told an outcome: until it is heard here, too, the cache may not have come as far."""
        self._note(order_id, version)
        _put(self._unheard, (order_id, command_id), self._monotonic() + BYPASS_SECONDS, MAX_OUTCOMES)

    def bypasses(self, order_id: str) -> bool:
        """Whether the cache may show an older order."""
        return self._bypassed.get(order_id, 0.0) > self._monotonic()

    @property
    def bypasses_lists(self) -> bool:
        """Whether a cached page may lack what an outcome has told."""
        return max(_newest(self._bypassed), _newest(self._unheard)) > self._monotonic()

    def _forget(self, name: Name, expected: Expected) -> None:
        waiting = self._waiting[name]
        waiting.remove(expected)
        if not waiting:
            del self._waiting[name]

    def _remember(self, order_id: str, command_id: str, fields: dict[str, Any], value: bytes) -> None:
        self._note(order_id, fields.get("version") or 0)
        error, key = fields.get("error"), (order_id, command_id)
        if error and error["type"] in PASSING:
            return
        lasting, (_, known_lasts) = fields.get("version") is not None, self._outcomes.get(key, _NOTHING)
        if lasting or not known_lasts:
            _put(self._outcomes, key, (value, lasting), MAX_OUTCOMES)
        if lasting:
            self._unheard.pop(key, None)

    def _note(self, order_id: str, version: int) -> None:
        if version > self._versions.get(order_id, 0):
            _put(self._versions, order_id, version, MAX_VERSIONS)

    def _bypass(self, order_id: str) -> None:
        _put(self._bypassed, order_id, self._monotonic() + BYPASS_SECONDS, MAX_VERSIONS)


K = TypeVar("K")


def _put(kept: OrderedDict[K, V], key: K, value: V, limit: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > limit:
        kept.popitem(last=False)


def _newest(deadlines: OrderedDict[K, float]) -> float:
    """The last one that was put in: none ends before an earlier one."""
    return next(reversed(deadlines.values()), 0.0)
