"""Every two seconds an instance says that it lives, to whoever looks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from orderflow.ports import CacheUnavailableError, Pulses
from orderflow.wire.pulse import Pulse

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0


@asynccontextmanager
async def beating(pulses: Pulses, take: Callable[[], Pulse], seconds: float = BEAT_SECONDS) -> AsyncIterator[None]:
    """While inside. Nothing waits for it, and nothing fails with it."""
    heart = asyncio.create_task(_beat(pulses, take, seconds))
    try:
        yield
    finally:
        heart.cancel()
        with suppress(asyncio.CancelledError):
            await heart


async def _beat(pulses: Pulses, take: Callable[[], Pulse], seconds: float) -> None:
    """A failure is told once, until a beat succeeds."""
    failing = False
    while True:
        try:
            await pulses.write(take())
        except CacheUnavailableError as error:
            if not failing:
                log.warning("nobody is told that this instance lives, Redis does not answer: %s", error)
            failing = True
        except Exception:
            if not failing:
                log.exception("nobody is told that this instance lives")
            failing = True
        else:
            failing = False
        await asyncio.sleep(seconds)
