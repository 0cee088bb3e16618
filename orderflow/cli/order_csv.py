"""Orders as CSV, one row per item: adjacent rows with one client and external reference are one order."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TextIO

import orjson

from orderflow.cli.command_lines import BadLine
from orderflow.domain.limits import MAX_ITEMS

REQUIRED = ("client_id", "sku", "name", "quantity", "price")
COLUMNS = ("client_id", "external_ref", "placed_at", *REQUIRED[1:])

_OF_ITEM = re.compile(r"items/([0-9]+)/(.+)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class HeaderError(ValueError):
    """The first row does not name the columns that orders need."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item; `problem` says why it is none."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """Equal for rows of one order: a row without a reference is an order of its own, and so is a broken one."""
        reference = self.cells.get("external_ref")
        return (self.cells["client_id"], reference) if reference and not self.problem else (self.line,)


@dataclass(frozen=True, slots=True)
class CsvOrder:
    """What `POST /orders` would take, and the line of each of its items."""

    lines: Sequence[int]
    body: bytes

    def column(self, path: str) -> str:
        """`items/1/price` is the price of the second line."""
        found = _OF_ITEM.fullmatch(path)
        return f"{found[2]} (line {self.lines[int(found[1])]})" if found else path


def csv_orders(text: TextIO) -> Iterator[CsvOrder | BadLine]:
    """Raises HeaderError."""
    for _, rows in groupby(_rows(text), key=lambda row: row.order):
        yield _order(rows)


def _rows(text: TextIO) -> Iterator[Row]:
    reader = csv.reader(text, strict=True)
    header = _header(next(reader, []))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, problem=str(error))
            continue
        if cells:
            yield _row(line, header, cells)


def _header(cells: Sequence[str]) -> Sequence[str]:
    missing = [name for name in REQUIRED if name not in cells]
    unknown = [name for name in cells if name not in COLUMNS]
    if missing or unknown or len(set(cells)) < len(cells):
        wrong = f"without {', '.join(missing)}" if missing else f"with {', '.join(unknown) or 'a column twice'}"
        raise HeaderError(f"a header {wrong}; the columns are {', '.join(COLUMNS)}")
    return cells


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(header):
        return Row(line, problem=f"{len(cells)} columns instead of {len(header)}")
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return Row(line, problem="not UTF-8")
    return Row(line, dict(zip(header, cells, strict=True)))


def _order(rows: Iterator[Row]) -> CsvOrder | BadLine:
    """More rows than an order may have items are counted no further."""
    first = next(rows)
    if first.problem:
        return BadLine(line=first.line, reason=first.problem)
    found = [first]
    for row in rows:
        if row.cells.get("placed_at") != first.cells.get("placed_at"):
            return BadLine(line=row.line, reason=f"placed_at: differs from line {first.line} of the same order")
        if len(found) <= MAX_ITEMS:
            found.append(row)
    return CsvOrder([row.line for row in found], _body(found))


def _body(rows: Sequence[Row]) -> bytes:
    order = {name: rows[0].cells[name] for name in COLUMNS[:3] if rows[0].cells.get(name)}
    return orjson.dumps(order | {"items": [_item(row.cells) for row in rows]})


def _item(cells: dict[str, str]) -> dict[str, object]:
    numbers = {name: _number(cells[name].strip()) for name in ("quantity", "price")}
    return {"sku": cells["sku"], "name": cells["name"], **numbers}


def _number(text: str) -> orjson.Fragment | str:
    """As it is written, so that no digit is lost; what is no number stays text, which is then refused by name."""
    return orjson.Fragment(text) if _NUMBER.fullmatch(text) else text
