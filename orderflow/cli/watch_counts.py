"""How many orders are in each state, as the insights roles tell it in Redis."""

from orderflow import bootstrap
from orderflow.insights.ports import StatisticsBoard
from orderflow.insights.reading import all_orders, orders_of
from orderflow.ports import CacheUnavailableError
from orderflow.settings import Settings
from orderflow.wire.statistics_shapes import ClientStatistics, Statistics

Counts = Statistics | ClientStatistics


class CountReader:
    """Asks Redis, which may be away."""

    def __init__(self, board: StatisticsBoard, settings: Settings, client_id: str | None) -> None:
        self._board = board
        self._partitions = settings.partitions
        self._client_id = client_id

    async def read(self) -> Counts | None:
        """None where nobody tells them."""
        try:
            if self._client_id is None:
                return await all_orders(self._board, self._partitions, bootstrap.now())
            return await orders_of(self._board, self._client_id, self._partitions)
        except (CacheUnavailableError, ValueError):
            return None
