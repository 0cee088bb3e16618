"""A seeded stream of forged records: half are valid and collide, the others wrong in every way we could think of."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.wire.records import Headers, Message, Topic
from tests.fuzz.spoiling import mangled, noise, with_field_faults
from tests.fuzz.traffic import Fields, Traffic

INFLATED = 6 * 2**20
"""Bytes of a value that only compression gets past the broker's limit and that no dead letter can hold."""

CODECS = ("gzip", "snappy", "lz4", "zstd")
PACKED = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """`sound`: a valid command under its order's key, which no validation may refuse."""

    strategy: str
    message: Message
    sound: bool = False
    codec: str | None = None


@dataclass(slots=True)
class Forge:
    """Makes one record after another, the same ones for the same seed."""

    random: Random
    partitions: int
    name: str = "fuzz"
    _traffic: Traffic = field(init=False)

    def __post_init__(self) -> None:
        self._traffic = Traffic(self.random, self.name)

    def next(self) -> Forged:
        strategies, weights = zip(*self._strategies(), strict=True)
        strategy: Callable[[], Forged] = self.random.choices(strategies, weights)[0]
        forged = strategy()
        return replace(forged, codec=self.random.choice(CODECS)) if self.random.random() < PACKED else forged

    def _strategies(self) -> Sequence[tuple[Callable[[], Forged], float]]:
        return (
            (self._valid, 50),
            (self._faulty, 22),
            (self._mangled, 12),
            (self._noise, 5),
            (self._misplaced, 6),
            (self._framed, 4.5),
            (self._empty, 0.4),
            (self._inflated, 0.02),
        )

    def _valid(self) -> Forged:
        command = self._traffic.next()
        return Forged(strategy="valid", message=self._message(command, _written(command)), sound=True)

    def _faulty(self) -> Forged:
        command = self._traffic.next()
        return Forged(strategy="field faults", message=self._message(command, with_field_faults(self.random, command)))

    def _mangled(self) -> Forged:
        command = self._traffic.next()
        return Forged(strategy="mangled bytes", message=self._message(command, mangled(self.random, _written(command))))

    def _noise(self) -> Forged:
        return Forged(strategy="noise", message=self._message(self._traffic.next(), noise(self.random)))

    def _misplaced(self) -> Forged:
        """Under another key, or on another partition than its own."""
        command = self._traffic.next()
        message = self._message(command, _written(command))
        if self.random.random() < 0.5:
            partition = self.random.randrange(self.partitions)
            return Forged(strategy="foreign partition", message=replace(message, partition=partition), sound=True)
        strange = [None, b"", b" ", b"\xff\x00", f"{command['order_id']} ".encode(), b"fuzz-1", b"k" * 10_000]
        return Forged(
            strategy="foreign key", message=placed(self.random.choice(strange), message.value, self.partitions)
        )

    def _framed(self) -> Forged:
        """Strange headers and times; the command counts all the same."""
        command = self._traffic.next()
        message = replace(
            self._message(command, _written(command)),
            headers=strange_headers(self.random),
            timestamp=self.random.choice([None, 0, 1, -1, -(10**15), 10**15, 2**62]),
        )
        return Forged(strategy="headers and times", message=message, sound=True)

    def _empty(self) -> Forged:
        message = self._message(self._traffic.next(), None)
        return Forged(strategy="tombstone", message=replace(message, headers=strange_headers(self.random)))

    def _inflated(self) -> Forged:
        """More than a record may have."""
        command = self._traffic.next()
        large = _written(command | {"note": "x" * INFLATED})
        value = self.random.choice([large, large[:-1], b" " * INFLATED])
        return Forged(strategy="inflated", message=self._message(command, value), codec="gzip")

    def _message(self, command: Fields, value: bytes | None) -> Message:
        return placed(command["order_id"].encode(), value, self.partitions)


def placed(key: bytes | None, value: bytes | None, partitions: int) -> Message:
    """On the partition that its key belongs to."""
    return Message(topic=Topic.COMMANDS, key=key, value=value, partition=partition_of(key or b"", partitions))


def strange_headers(random: Random) -> Headers:
    """A name may hold bytes that are no text, as lone surrogates; a value may be null, whatever the type says."""
    return [(random.choice(_NAMES), random.choice(_VALUES)) for _ in range(random.choice([0, 1, 2, 5, 200]))]


_NAMES = ("traceparent", "traceparent", "", "x", "\u00e9" * 100, "a\x00b", "\udcff\udcfe", "content-type", "x" * 5_000)
_NAMES += ("x-dlq-replays", "x-dlq-offset", "x-dlq-", "ce_id")
_VALUES = (
    None,
    b"",
    b"\xff\xfe",
    b"1",
    b"999999999",
    b"-1",
    b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01",
    b"v" * 3_000,
)


def _written(command: Fields) -> bytes:
    return json.dumps(command, ensure_ascii=False).encode()
