"""A file of orders, JSON Lines or CSV, plain or gzip, to commands and bad lines, some at a time."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from orderflow.cli.command_lines import BadLine
from orderflow.cli.lines import MAX_LINE_BYTES, numbered_lines
from orderflow.cli.order_command import read_order
from orderflow.cli.order_csv import CsvOrder, HeaderError, csv_orders
from orderflow.streaming.command_exchange import Outgoing

Read = Outgoing | BadLine
Unpacked = io.BufferedReader | gzip.GzipFile

_AT_ONCE = 200
_GZIP = b"\x1f\x8b"
_PEEK_BYTES = 4096


class OrderFile:
    """Opened at once, so that a missing file is an OSError here. Format and compression show in the content.

    Of its `size` in bytes, `position` are read; both stay 0 for a pipe.
    """

    def __init__(self, path: Path, issued_at: Callable[[], datetime]) -> None:
        self._path = path
        self._issued_at = issued_at
        self._raw = path.open("rb")
        self.size = path.stat().st_size
        self.position = 0

    def chunks(self) -> Iterator[list[Read]]:
        """Every order once, in the file's order. What cannot be read further ends with a bad line that says so."""
        last = 0
        with self._raw:
            try:
                for chunk in self._chunks():
                    last = chunk[-1].line if chunk else last
                    self.position = self._raw.raw.tell() if self.size else 0
                    yield chunk
            except (OSError, EOFError, zlib.error) as error:
                yield [BadLine(line=last + 1, reason=f"{self._path} cannot be read from about here on: {error}")]
            except HeaderError as error:
                yield [BadLine(line=1, reason=str(error))]

    def _chunks(self) -> Iterator[list[Read]]:
        source = self._unpacked()
        start = source.peek(_PEEK_BYTES)[:_PEEK_BYTES]
        if _is_csv(start, self._path.name):
            return self._from_csv(source)
        return self._from_json(source)

    def _unpacked(self) -> Unpacked:
        return gzip.GzipFile(fileobj=self._raw) if self._raw.peek(2).startswith(_GZIP) else self._raw

    def _from_json(self, source: Unpacked) -> Iterator[list[Read]]:
        for lines in numbered_lines(source):
            now = self._issued_at()
            yield [_json_order(number, line, now) for number, line in lines]

    def _from_csv(self, source: Unpacked) -> Iterator[list[Read]]:
        with io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            orders = csv_orders(text)
            while chunk := list(islice(orders, _AT_ONCE)):
                yield [_csv_order(order, self._issued_at()) for order in chunk]


def _is_csv(start: bytes, name: str) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return False
    return name.removesuffix(".gz").endswith(".csv") or b"client_id" in text.partition(b"\n")[0]


def _json_order(number: int, line: bytes, now: datetime) -> Read:
    if len(line) > MAX_LINE_BYTES:
        return BadLine(line=number, reason=f"longer than {MAX_LINE_BYTES} bytes")
    return read_order(number, line, now)


def _csv_order(order: CsvOrder | BadLine, now: datetime) -> Read:
    if isinstance(order, BadLine):
        return order
    return read_order(order.lines[0], order.body, now, order.column)
