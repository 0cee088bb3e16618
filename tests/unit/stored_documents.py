"""Documents as each version stored them, read from the files in `version_1` and so on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bson
from bson.json_util import CANONICAL_JSON_OPTIONS, dumps, object_hook

from orderflow.adapters.mongo_documents import OPTIONS, stored_order, write_of
from orderflow.domain.stored import Received, StoredOrder
from orderflow.wire.commands import decode_command
from orderflow.wire.records import Record

FILES = sorted(Path(__file__).parent.glob("version_*/*.json"))


@dataclass(frozen=True, slots=True)
class Saved:
    """One file: `json` is its document in MongoDB's canonical Extended JSON, `written` the same as BSON values."""

    content: Mapping[str, Any]

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = self.content["document"]
        return document

    @property
    def written(self) -> dict[str, Any]:
        text = json.dumps(self.json)
        document: dict[str, Any] = json.loads(text, object_pairs_hook=_bson_value)
        return document

    @property
    def stored(self) -> StoredOrder:
        return stored_order(bson.decode(bson.encode(self.written), OPTIONS))

    def received(self) -> list[Received]:
        """Its commands, read again."""
        readings = [decode_command(record_of(each), each["log"]) for each in self.content["records"]]
        return [reading for reading in readings if isinstance(reading, Received)]


def _bson_value(pairs: list[tuple[str, Any]]) -> Any:  # noqa: ANN401
    return object_hook(dict(pairs), CANONICAL_JSON_OPTIONS)


def record_of(saved: Mapping[str, Any]) -> Record:
    return Record(
        topic="order_commands",
        partition=saved["partition"],
        offset=saved["offset"],
        timestamp=saved["timestamp"],
        key=json.loads(saved["value"])["order_id"].encode(),
        value=saved["value"].encode(),
        headers=[("traceparent", saved["traceparent"].encode())] if "traceparent" in saved else (),
    )


def json_of(stored: StoredOrder) -> dict[str, Any]:
    """The document that is written today."""
    document = bson.decode(write_of(stored).document, OPTIONS)
    written: dict[str, Any] = json.loads(dumps(document, json_options=CANONICAL_JSON_OPTIONS))
    return written


def is_kept(old: Any, new: Any) -> bool:  # noqa: ANN401
    """Whether everything of the old value is in the new one; lists may grow, documents get fields."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(name in new and is_kept(value, new[name]) for name, value in old.items())
    if isinstance(old, list):
        return len(old) <= len(new) and all(map(is_kept, old, new))
    return bool(old == new)


def saved_order(name: str) -> Saved:
    [path] = [path for path in FILES if path.stem == name]
    return Saved(json.loads(path.read_text()))
