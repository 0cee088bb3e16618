"""What owners of partitions and facades rely on from a board of statistics."""

from collections.abc import Mapping

import pytest
from pydantic import SecretStr

from orderflow.adapters.memory_statistics import InMemoryStatistics
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_statistics import RedisStatistics
from orderflow.insights.ports import Publication, Reception, StatisticsBoard, Tenure
from orderflow.ports import CacheUnavailableError
from tests.contract.conftest import UNHURRIED


@pytest.fixture
def board(redis: RedisConnection | None, unique: str) -> StatisticsBoard:
    return RedisStatistics(redis, prefix=f"{unique}:") if redis else InMemoryStatistics()


def publication(
    share: bytes,
    partition: int = 0,
    generation: int = 1,
    started: int = 1,
    *,
    whole: bool = False,
    clients: Mapping[str, bytes] | None = None,
) -> Publication:
    tenure = Tenure(generation=generation, started=started)
    return Publication(partition=partition, tenure=tenure, share=share, whole=whole, clients=clients or {})


async def test_shares_are_found_by_partition(board: StatisticsBoard) -> None:
    assert await board.shares(3) == {}
    for partition in (0, 2):
        share = b"share %d" % partition
        assert await board.publish(publication(share, partition, whole=True)) is Reception.TAKEN
    assert await board.shares(3) == {0: b"share 0", 2: b"share 2"}
    assert await board.shares(1) == {0: b"share 0"}


async def test_an_owner_that_the_board_does_not_know_has_to_publish_the_whole(board: StatisticsBoard) -> None:
    assert await board.publish(publication(b"part")) is Reception.UNKNOWN
    await board.publish(publication(b"whole", whole=True, clients={"c": b"1", "d": b"1"}))
    assert await board.publish(publication(b"part", clients={"c": b"2"})) is Reception.TAKEN
    assert await board.client("c", 1) == {0: (b"part", b"2")}
    assert await board.client("d", 1) == {0: (b"part", b"1")}
    assert await board.publish(publication(b"next", generation=2)) is Reception.UNKNOWN
    assert await board.shares(1) == {0: b"part"}


async def test_a_new_owner_takes_nothing_over_from_the_last(board: StatisticsBoard) -> None:
    await board.publish(publication(b"old", whole=True, clients={"c": b"1"}))
    await board.publish(publication(b"new", generation=2, whole=True))
    assert await board.client("c", 1) == {0: (b"new", None)}


@pytest.mark.parametrize(("generation", "started"), [(1, 9), (2, 1)])
@pytest.mark.parametrize("whole", [True, False])
async def test_a_former_owner_is_overruled(
    board: StatisticsBoard, generation: int, started: int, *, whole: bool
) -> None:
    await board.publish(publication(b"owner", generation=2, started=2, whole=True))
    former = publication(b"former", generation=generation, started=started, whole=whole)
    assert await board.publish(former) is Reception.OVERRULED
    assert await board.shares(1) == {0: b"owner"}


async def test_nobody_sees_a_whole_before_its_last_piece(board: StatisticsBoard) -> None:
    await board.publish(publication(b"", whole=True, clients={"c": b"1"}))
    assert await board.shares(1) == {}
    assert await board.client("c", 1) == {}
    await board.publish(publication(b"share", clients={"d": b"1"}))
    assert await board.client("c", 1) == {0: (b"share", b"1")}


async def test_what_is_not_renewed_is_gone_after_ten_seconds(redis_url: str, unique: str) -> None:
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    board = RedisStatistics(connection, prefix=f"{unique}:")
    await board.publish(publication(b"share", whole=True))
    async with connection.call() as redis:
        assert 5 <= await redis.ttl(f"{unique}:statistics:0") <= 10
    await connection.close()


async def test_a_board_that_is_away_is_told_so(closed_port: int) -> None:
    connection = RedisConnection(SecretStr(f"redis://127.0.0.1:{closed_port}/0"))
    board = RedisStatistics(connection)
    for call in (board.publish(publication(b"")), board.shares(1), board.client("c", 1)):
        with pytest.raises(CacheUnavailableError):
            await call
    await connection.close()
