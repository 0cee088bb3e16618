"""Ways to spoil a record: its fields, its bytes, or what surrounds them."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from tests.fuzz.oddities import oddity
from tests.fuzz.traffic import Fields

Place = tuple[Any, Any]
"""A container and the name or index of one of its members."""
FIELDS = (
    *("type", "command_id", "order_id", "client_id", "items", "new_state", "state", "reason", "location", "dry_run"),
    "expected_version",
)


def with_field_faults(random: Random, command: Fields) -> bytes:
    """One to three members replaced, removed, added or said twice."""
    spoilt = json.loads(json.dumps(command))
    literals: list[str] = []

    def mark() -> str:
        literals.append(oddity(random))
        return f"\x01{len(literals) - 1}"

    for _ in range(random.choice([1, 1, 2, 3])):
        random.choice(_FIELD_FAULTS)(random, spoilt, mark)
    written = json.dumps(spoilt, ensure_ascii=random.random() < 0.5)
    for number, literal in enumerate(literals):
        written = written.replace(f'"\\u0001{number}"', literal)
    return _twice(random, written).encode("utf-8", "surrogatepass")


def _replace(random: Random, spoilt: Fields, mark: Callable[[], str]) -> None:
    container, name = random.choice(list(_places(spoilt)) or [(spoilt, "type")])
    container[name] = mark()


def _remove(random: Random, spoilt: Fields, _: Callable[[], str]) -> None:
    if places := list(_places(spoilt)):
        container, name = random.choice(places)
        del container[name]


def _add(random: Random, spoilt: Fields, mark: Callable[[], str]) -> None:
    spoilt[random.choice([*FIELDS, "", "a" * 300, "\x00", "$set", "__proto__", "status"])] = mark()


_FIELD_FAULTS = (_replace, _replace, _replace, _remove, _add)


def _places(value: Any) -> Iterator[Place]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, name
            yield from _places(member)


def _twice(random: Random, written: str) -> str:
    """The same name once more, with another value: the last one counts."""
    if random.random() < 0.85 or not written.startswith("{") or len(written) < 3:
        return written
    member = f'"{random.choice(FIELDS)}":{oddity(random)}'
    return f"{{{member},{written[1:]}" if random.random() < 0.5 else f"{written[:-1]},{member}}}"


def mangled(random: Random, value: bytes) -> bytes:
    return random.choice(_MANGLERS)(random, value)


def _cut(random: Random, value: bytes) -> bytes:
    return value[: random.randrange(len(value))]


def _flip(random: Random, value: bytes) -> bytes:
    flipped = bytearray(value)
    for _ in range(random.randint(1, 4)):
        flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
    return bytes(flipped)


def _insert(random: Random, value: bytes) -> bytes:
    place = random.randrange(len(value) + 1)
    inserted = random.choice(
        [random.randbytes(random.randint(1, 4)), b"\x00", b'"', b"}", b"\\", b"//", b"\xed\xa0\x80"]
    )
    return value[:place] + inserted + value[place:]


def _drop(random: Random, value: bytes) -> bytes:
    begin = random.randrange(len(value))
    return value[:begin] + value[begin + random.randint(1, 20) :]


def _encoded(random: Random, value: bytes) -> bytes:
    encoding = random.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"])
    return value.decode().encode(encoding, "replace")


def _wrapped(random: Random, value: bytes) -> bytes:
    before, after = random.choice(
        [
            (b"[", b"]"),
            (b" \n\t\r", b"\n "),
            (b"", b"\x00"),
            (b"", b";"),
            (b"/*x*/", b""),
            (b"x(", b")"),
            (b"\x0c", b""),
        ]
    )
    return before + value + after


_MANGLERS: Sequence[Callable[[Random, bytes], bytes]] = (
    _cut,
    _flip,
    _flip,
    _insert,
    _drop,
    _encoded,
    _wrapped,
    lambda _, value: value + value,
    lambda _, value: gzip.compress(value, mtime=0),
    lambda _, value: json.dumps(value.decode()).encode(),
    lambda _, value: value.upper(),
    lambda _, value: value.replace(b'"', b"'"),
    lambda _, value: b"\x00\x00\x00\x00\x01" + value,  # as a schema registry's serializer writes it
)


def noise(random: Random) -> bytes:
    """Bytes of any kind, or words of JSON in any order."""
    if random.random() < 0.5:
        return random.randbytes(random.choice([0, 1, 8, 60, 300]))
    words = [b"{", b"}", b"[", b"]", b":", b",", b'"', b'"order_id"', b'"a"', b"1", b"null", b"\\", b" ", b"\xf0\x9f"]
    return b"".join(random.choices(words, k=random.randint(1, 12)))
