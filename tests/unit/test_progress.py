"""When a role counts as stalled: it has work, all servers answer, and nothing gets on."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from faust.types import TP

from orderflow.streaming import progress as progress_module
from orderflow.streaming.progress import Progress
from tests.unit.clocks import Clock

LIMIT = 60.0


@dataclass
class Role:
    """Asked every ten seconds."""

    position: int = 0
    waiting: int = 5
    away: bool = False
    hangs: bool = False
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.progress = Progress(
            positions=lambda: {TP("order_commands", 0): self.position},
            waiting=lambda: self.waiting,
            silent=self.silent,
            limit=LIMIT,
            monotonic=self.clock,
        )

    async def silent(self) -> dict[str, str]:
        if self.hangs:
            await asyncio.Event().wait()
        return {"MongoDB": "away"} if self.away else {}

    async def asked(self, seconds: float) -> str | None:
        """The last answer."""
        for _ in range(int(seconds / 10)):
            self.clock.pass_(10)
            answer = await self.progress.stall()
        return answer


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(progress_module, "ANSWER_SECONDS", 0.01)
    return


async def test_a_role_that_gets_on_with_nothing_has_stalled() -> None:
    role = Role()
    assert await role.asked(60) is None
    assert await role.asked(10) == "5 records wait, and none was acknowledged for 60 s"
    assert await role.asked(30) == "5 records wait, and none was acknowledged for 90 s"


async def test_any_progress_is_enough() -> None:
    role = Role()
    for _ in range(5):
        assert await role.asked(50) is None
        role.position += 1


async def test_a_role_without_work_lives() -> None:
    role = Role(waiting=0)
    assert await role.asked(600) is None
    role.waiting = 1
    assert await role.asked(50) is None
    assert await role.asked(20) is not None


@pytest.mark.parametrize("outage", ["away", "hangs"])
async def test_an_outage_is_no_stall_and_its_end_begins_the_time_anew(outage: str) -> None:
    role = Role()
    setattr(role, outage, True)
    assert await role.asked(1_200) is None
    setattr(role, outage, False)
    assert await role.asked(50) is None
    assert await role.asked(70) is not None


async def test_who_asks_for_the_first_time_in_hours_learns_nothing_of_what_has_just_come() -> None:
    role = Role(waiting=0)
    assert await role.progress.stall() is None
    role.clock.pass_(7_200)
    role.waiting = 1
    assert await role.progress.stall() is None


async def test_time_in_which_the_process_stood_still_itself_is_no_stall() -> None:
    role = Role()
    assert await role.asked(30) is None
    role.clock.pass_(3_600)
    assert await role.progress.stall() is None
    assert await role.asked(50) is not None


async def test_a_stall_is_noticed_by_whoever_asks_rarely_too() -> None:
    role, found = Role(), []
    for _ in range(8):
        role.clock.pass_(120)
        found.append(await role.progress.stall())
    assert found[0] is None
    assert found[-1] is not None


async def test_a_stall_that_ends_is_over() -> None:
    role = Role()
    assert await role.asked(100) is not None
    role.position += 1
    assert await role.asked(10) is None
