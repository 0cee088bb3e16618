"""Where a reader of a topic stands, as one opaque word: the next offset of each partition, and of which log."""

from dataclasses import dataclass
from zlib import crc32

from orderflow.wire.opaque import decode_opaque, encode_opaque

_WORD = 4
_HEAD = _WORD + 1


class PositionError(ValueError):
    """A word that encode_position never wrote for this topic."""


@dataclass(frozen=True, slots=True)
class Position:
    """`log` tells a log from another one under the same name; `offsets` has one for each partition."""

    log: int
    offsets: tuple[int, ...]


def encode_position(position: Position, topic: str) -> str:
    width = max(1, (max(position.offsets).bit_length() + 7) // 8)
    offsets = b"".join(offset.to_bytes(width, "big") for offset in position.offsets)
    told = position.log.to_bytes(_WORD, "big") + bytes([width]) + offsets
    return encode_opaque(told + _check(told, topic))


def decode_position(word: str, topic: str) -> Position:
    """Raises PositionError."""
    try:
        position = _position(decode_opaque(word))
        if encode_position(position, topic) == word:
            return position
    except (ValueError, IndexError, OverflowError) as error:
        raise PositionError(word) from error
    raise PositionError(word)


def _position(told: bytes) -> Position:
    width, offsets = told[_WORD], told[_HEAD:-_WORD]
    starts = range(0, len(offsets), width)
    return Position(
        int.from_bytes(told[:_WORD], "big"),
        tuple(int.from_bytes(offsets[start : start + width], "big") for start in starts),
    )


def _check(told: bytes, topic: str) -> bytes:
    """Against typing errors and words of other deployments: whoever forges one sees nothing that is not theirs."""
    return crc32(told, crc32(topic.encode())).to_bytes(_WORD, "big")
