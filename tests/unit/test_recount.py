from itertools import permutations

import pytest

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening, Standing
from orderflow.insights.recount import Recount
from tests.unit.happened import HOUR, NOW, happening

LIFE = (
    happening(),
    happening(version=2, before=State.CREATED, at=NOW + 1, kind=EventType.ORDER_HELD),
    happening(version=3, state=State.FAILED, before=State.CREATED, at=NOW + HOUR),
    happening(version=4, state=State.FAILED, before=State.FAILED, at=NOW + 2 * HOUR, kind=EventType.ORDER_CORRECTED),
)
STANDING = Standing(version=4, state=State.FAILED, since=NOW + HOUR, client_id="client-1", created_at=NOW, on_hold=True)


@pytest.mark.parametrize("events", [*permutations(LIFE)])
def test_an_order_stands_the_same_in_whatever_order_its_partitions_are_read(events: tuple[Happening, ...]) -> None:
    recount = Recount()
    for event in (*events, *events):
        recount.note(event)
    assert recount.standings() == {"ord_1": STANDING}


def test_an_order_whose_beginning_is_gone_stands_as_far_as_it_is_known() -> None:
    recount = Recount()
    for event in LIFE[2:]:
        recount.note(event)
    assert recount.standings()["ord_1"].state is State.FAILED
