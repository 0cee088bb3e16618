"""Which store a contestant works with: MongoDB, or one that costs nothing but the time it is told to take."""

import os
from dataclasses import replace

from benchmarks.contestants.null_store import NullStore
from orderflow.processing.processor import CommandProcessor

NULL_STORE = "BENCHMARK_NULL_STORE_SECONDS"
"""Names, in the environment, a null store and how long each of its writes takes; without it there is MongoDB."""


def null_store() -> NullStore | None:
    seconds = os.environ.get(NULL_STORE)
    return NullStore(float(seconds)) if seconds else None


def with_store(processor: CommandProcessor) -> CommandProcessor:
    """The same processor, on the store that the environment names."""
    store = null_store()
    return replace(processor, store=store) if store else processor
