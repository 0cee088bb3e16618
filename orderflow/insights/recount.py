"""All events counted anew, whatever partitions these are on."""

from collections.abc import Mapping

from orderflow.domain.standing import Happening, Standing, standing_after


class Recount:
    """Of each partition the events come in order; an order's may be on several, after more were added."""

    def __init__(self) -> None:
        self._standings: dict[str, Standing] = {}
        self._early: list[Happening] = []

    def note(self, event: Happening) -> None:
        known = self._standings.get(event.order_id)
        if event.version > (known.version if known else 0) + 1:
            self._early.append(event)
        else:
            self._count(event)

    def standings(self) -> Mapping[str, Standing]:
        """Of all orders, once every event was noted."""
        for event in sorted(self._early, key=lambda event: event.version):
            self._count(event)
        return self._standings

    def _count(self, event: Happening) -> None:
        after = standing_after(self._standings.get(event.order_id), event)
        if after:
            self._standings[event.order_id] = after
