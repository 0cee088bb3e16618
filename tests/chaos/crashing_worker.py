"""`python -m tests.chaos.crashing_worker`: a worker as it is, but for ports that end or stop it at one point.

CRASH_CASE names the orders it happens to, CRASH_POINT and CRASH_BATCH where and in which of their batches,
CRASH_DEED what happens, CRASH_WEAKNESS what is left out of its care. It commits after every batch; from the case's
first batch on, nothing, if CRASH_HOLDS_COMMITS is set.
"""

import importlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orderflow.cli.roles import configured, run
from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from tests.chaos.crash_points import Point, Trap, TrappedProcessor
from tests.weakened import WEAKNESSES

DIED = 70
NEVER = 1e9
AGENT = "agents.commands"


async def die() -> None:
    os._exit(DIED)


async def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def trapped(app: OrderflowApp, trap: Trap, weakness: str, *, holds_commits: bool) -> None:
    """Put the trap round everything that the agent of this App does."""
    lifespan, batch_under_way = app.lifespan, app.batch_under_way
    assert lifespan
    app.conf.broker_commit_interval = NEVER

    @asynccontextmanager
    async def trapped_lifespan() -> AsyncIterator[TrappedProcessor]:
        async with lifespan() as processor:
            yield TrappedProcessor(WEAKNESSES[weakness](processor), trap)

    @asynccontextmanager
    async def trapped_batch() -> AsyncIterator[None]:
        async with batch_under_way():
            yield
        await trap.reached(Point.ACKNOWLEDGED)
        if not (holds_commits and trap.concerned):
            await app.consumer.commit()
        await trap.reached(Point.COMMITTED)

    app.lifespan, app.batch_under_way = trapped_lifespan, trapped_batch


def main() -> None:
    given = os.environ
    spring = {"die": die, "stop": stop}[given.get("CRASH_DEED", "die")]
    trap = Trap(Point[given["CRASH_POINT"]], spring, case=given["CRASH_CASE"], batch=int(given["CRASH_BATCH"]))
    app = importlib.import_module(AGENT).app
    trapped(app, trap, given.get("CRASH_WEAKNESS", "sound"), holds_commits="CRASH_HOLDS_COMMITS" in given)
    configured(Settings())
    run(AGENT)


if __name__ == "__main__":
    main()
