"""Everything that was read, spilled into a file on disk: memory stays bounded however large the deployment is."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orderflow.verification.tables import INDEXES, TABLES, VIEWS

Row = tuple[Any, ...]

_BOUNDED_AND_UNSAFE = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -32768;
"""
"""32 MiB of cache, and no journal: after a crash the file is thrown away."""


class Evidence:
    """Rows in, then the answers to queries. `settle` comes between the two."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file)
        self._database.executescript(_BOUNDED_AND_UNSAFE)
        self._database.executescript(TABLES)
        self._inserts: dict[str, str] = {}

    def add(self, table: str, rows: Iterable[Row]) -> None:
        self._database.executemany(self._insert(table), rows)
        self._database.commit()

    def settle(self) -> None:
        """Everything is read: make what the queries need."""
        self._database.executescript(INDEXES)
        self._database.executescript(VIEWS)

    def run(self, statement: str) -> None:
        self._database.execute(statement)
        self._database.commit()

    def expire(self, table: str, part: int, begin: int) -> int | None:
        """Forget what stood before on the partition; the time of the first record after it that tells one."""
        of_table = {"part": part, "begin": begin}
        self._database.execute(f"DELETE FROM {table} WHERE part = :part AND position < :begin", of_table)  # noqa: S608 - tables are named in code
        left = f"SELECT at, min(position) FROM {table} WHERE part = :part AND at IS NOT NULL"  # noqa: S608 - tables are named in code
        found: tuple[int | None, int | None] = self._database.execute(left, of_table).fetchone()
        return found[0]

    def rows(self, query: str) -> Iterator[Row]:
        return self._database.execute(query)

    def number(self, query: str) -> int:
        """The one number that the query gives."""
        return int(self._database.execute(query).fetchone()[0] or 0)

    def close(self) -> None:
        self._database.close()

    def _insert(self, table: str) -> str:
        if table not in self._inserts:
            columns = len(self._database.execute(f"PRAGMA table_info({table})").fetchall())
            self._inserts[table] = f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - tables are named in code
        return self._inserts[table]


@contextmanager
def evidence() -> Iterator[Evidence]:
    """In a temporary directory (TMPDIR), which is gone afterwards."""
    with TemporaryDirectory(prefix="orderflow-verify-") as directory:
        opened = Evidence(Path(directory) / "evidence.sqlite")
        try:
            yield opened
        finally:
            opened.close()
