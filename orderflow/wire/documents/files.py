"""The JSON Schemas of every record as files: `python -m orderflow.wire.documents.files DIRECTORY` writes them."""

import shutil
import sys
from pathlib import Path

import orjson

from orderflow.wire.documents.catalogue import KINDS
from orderflow.wire.documents.schemas import Schema
from orderflow.wire.records import Topic

_DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def schema_files() -> dict[str, bytes]:
    """Content by name: in a folder for each topic one file for each kind of value, and one for the headers."""
    values = {f"{kind.topic}/{kind.name}.json": kind.schema for kind in KINDS if kind.topic != Topic.DEAD_LETTERS}
    headers = {f"{kind.topic}/headers.json": kind.header_schema for kind in KINDS}
    return {name: _encoded(schema) for name, schema in (values | headers).items()}


def write(directory: Path) -> None:
    """Files of kinds that are no more go."""
    for topic in Topic:
        shutil.rmtree(directory / topic, ignore_errors=True)
    for name, content in schema_files().items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)


def _encoded(schema: Schema) -> bytes:
    return orjson.dumps(_DIALECT | schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
