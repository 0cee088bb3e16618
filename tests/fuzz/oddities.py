"""JSON values, and things that are not quite one, as text: what no field expects."""

from collections.abc import Callable, Sequence
from random import Random

HUGE = 1_000_000


def _digits(random: Random) -> str:
    return "9" * random.choice([5, 19, 20, 309, 4_300, 4_301, 20_000])


def _fraction(random: Random) -> str:
    return f"{random.randrange(10**6)}.{'0123456789' * random.choice([1, 40, 1_000])}e{random.randrange(-400, 400)}"


def _escapes(random: Random) -> str:
    """Any code units, halves of pairs among them."""
    return '"' + "".join(f"\\u{random.randrange(0x10000):04x}" for _ in range(random.randint(1, 6))) + '"'


def _length(random: Random) -> str:
    """At and beyond the limits of ids and texts."""
    return '"' + "x" * random.choice([128, 129, 1_000, 1_001, 65_536]) + '"'


def _nested(random: Random) -> str:
    depth = random.choice([3, 50, 190, 210, 2_000, 50_000])
    begin, inside, end = random.choice([("[", "", "]"), ('{"a":', "1", "}")])
    return begin * depth + inside + end * depth


def _many(random: Random) -> str:
    return "[" + ",".join(["{}"] * random.choice([0, 1, 501, 5_000])) + "]"


def _text(random: Random) -> str:
    return '"' + "".join(chr(random.choice(ALPHABETS)(random)) for _ in range(random.randint(0, 12))) + '"'


ALPHABETS: Sequence[Callable[[Random], int]] = (
    lambda random: random.randrange(0x20, 0x22),
    lambda random: random.randrange(0x23, 0x5C),
    lambda random: random.randrange(0xA0, 0xD800),
    lambda random: random.randrange(0xE000, 0x110000),
)

LITERALS = (
    *("null", "true", "false", "0", "-0.0", "-1", "1.5", "0.00001", "1e400", "-1e400", "1e-400", "5E0"),
    *("2147483648", "9223372036854775808", "NaN", "Infinity", "-Infinity", "-NaN", "+1", "01", ".5", "0x10"),
    *('""', '" "', r'"\u0000"', r'"\ud800"', r'"\udfff\ud800"', r'"\ud83d\ude00"', '"\x00"', '"\x7f"', "'x'", '"\\x"'),
    *(
        '"5"',
        '"NaN"',
        '"1e3"',
        '"true"',
        '"null"',
        '"..\\/.."',
        '"$ne"',
        '"a.b"',
        '"__class__"',
        '"\ufeff"',
        '"\u2028"',
    ),
    *(
        '"2026-02-30T00:00:00Z"',
        '"0000-01-01T00:00:00Z"',
        '"9999-12-31T23:59:60Z"',
        '"2026-01-01"',
        '"10000-01-01T00:00Z"',
    ),
    *('"-271821-04-20T00:00:00Z"', '"2026-01-01T00:00:00+25:00"', '"now"', "1e18", "-62135596801"),
    *("[]", "{}", "[null]", '{"":null}', '{"a":1,"a":2}', '{"$gt":""}', "[1,]", '{"a":1,}', "undefined", ""),
)

_MAKERS = (_digits, _fraction, _escapes, _length, _nested, _many, _text, _text)


def oddity(random: Random) -> str:
    """One in a few hundred is as long as a record may be."""
    if random.random() < 0.5:
        return random.choice(LITERALS)
    if random.random() < 0.003:
        return '"' + random.choice(["x", "\u00e9", "\\u0000"]) * (HUGE // 6) + '"'
    return random.choice(_MAKERS)(random)
