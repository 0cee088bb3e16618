"""The shipped worker, from `orderflow worker` to its agent, on the store that the environment names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agents.commands import app
from benchmarks.contestants.stores import with_store
from orderflow.processing.processor import CommandProcessor

_shipped = app.lifespan


@asynccontextmanager
async def _lifespan() -> AsyncIterator[CommandProcessor]:
    if _shipped is None:
        raise AssertionError("the worker's app brings its processor")
    async with _shipped() as processor:
        yield with_store(processor)


app.lifespan = _lifespan
