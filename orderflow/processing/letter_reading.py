"""Records of the dead letter topic, read in order as letters."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from orderflow.ports import LetterLog
from orderflow.processing.selection import Span
from orderflow.wire.letters import DeadLetter, read_letter

TURN = 100


async def read_letters(log: LetterLog, spans: Mapping[int, Span]) -> AsyncGenerator[DeadLetter, None]:
    """One partition after the other, each in offset order."""
    for partition, (start, end) in sorted(spans.items()):
        async with aclosing(log.read(partition, start, end)) as batches:
            async for records in batches:
                for number, record in enumerate(records):
                    if number % TURN == 0:
                        # Others have their turn, however much is there already.
                        await asyncio.sleep(0)
                    yield read_letter(record)
