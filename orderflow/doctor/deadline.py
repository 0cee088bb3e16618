"""A check that ends in time, whatever it meets."""

import asyncio
from collections.abc import Awaitable, Iterable

from orderflow.adapters.kafka_access import KafkaRefusalError
from orderflow.bootstrap import RefusedStartError
from orderflow.doctor.finding import Finding, refused, wrong
from orderflow.streaming.exchange_opening import KafkaUnusableError

SECONDS = 8.0
_LONGEST = 200


async def within(subject: str, look: Awaitable[Iterable[Finding]]) -> list[Finding]:
    """What it finds; where it fails, or takes longer than eight seconds, that is the finding."""
    try:
        async with asyncio.timeout(SECONDS):
            return list(await look)
    except (KafkaUnusableError, KafkaRefusalError, RefusedStartError) as refusal:
        return [refused(subject, refusal)]
    except TimeoutError:
        return [wrong(subject, "cannot be checked: it does not answer in time", "see whether it is overloaded")]
    except Exception as error:  # noqa: BLE001 - which errors a driver has is the adapter's affair
        return [wrong(subject, f"cannot be checked: {type(error).__name__}: {error}"[:_LONGEST], "see its own log")]
