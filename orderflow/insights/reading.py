"""Statistics as they are asked for: what every owner has published, added up."""

from datetime import datetime

import orjson

from orderflow.insights.ports import StatisticsBoard
from orderflow.insights.share import decode_counts, decode_share
from orderflow.insights.summary import client_statistics, statistics
from orderflow.wire.statistics_shapes import ClientStatistics, Statistics


async def all_orders(board: StatisticsBoard, partitions: int, now: datetime) -> Statistics:
    """Raises CacheUnavailableError, or ValueError for what another version has published."""
    found = await board.shares(partitions)
    return statistics([decode_share(share) for share in found.values()], partitions, now)


async def orders_of(board: StatisticsBoard, client_id: str, partitions: int) -> ClientStatistics:
    """Raises as `all_orders`."""
    found = await board.client(client_id, partitions)
    return client_statistics(
        [decode_counts(orjson.loads(counts)) for _, counts in found.values() if counts],
        [decode_share(share) for share, _ in found.values()],
        partitions,
    )
