"""The live view: figures above, the latest events below, the newest last."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from orderflow.cli.watch_counts import Counts
from orderflow.cli.watch_events import cells, moment
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.group_readings import GroupProgress
from orderflow.streaming.recent_events import LiveEvent
from orderflow.words import counted

_KEPT = 500
_HEADER_LINES = 4


class Screen:
    """What is known just now; it keeps a bounded number of events."""

    def __init__(self, client_id: str | None) -> None:
        self.progress: GroupProgress | KafkaUnusableError | None = None
        self.counts: Counts | None = None
        self._client_id = client_id
        self._latest: list[LiveEvent] = []

    def add(self, events: Sequence[LiveEvent]) -> None:
        """By when they occurred: at first those of one partition come after those of another."""
        if events:
            self._latest = sorted([*self._latest, *events], key=moment)[-_KEPT:]

    def view(self, height: int) -> Group:
        """At most so many lines."""
        header = [self._figures(), self._states(), Text("Ctrl-C ends it", "dim"), Text()]
        return Group(*header, self._events(max(0, height - _HEADER_LINES)))

    def _figures(self) -> Text:
        match self.progress:
            case None:
                return Text("asking Kafka ...", "dim")
            case KafkaUnusableError():
                return Text(str(self.progress), "yellow")
        reading = self.progress.reading
        workers = len(reading.members)
        return Text.assemble(
            (counted(workers, "worker"), "bold" if workers else "bold yellow"),
            f"   {sum(self.progress.rates.values()):.0f} commands/s   lag {reading.lag}",
            (f"   events of {self._client_id}" if self._client_id else "", "dim"),
        )

    def _states(self) -> Text:
        if self.counts is None or self.counts["as_of"] is None:
            return Text("no insights role tells how many orders are in each state", "dim", no_wrap=True)
        told = [f"{state} {count}" for state, count in self.counts["by_state"].items() if count]
        some = "" if self.counts["complete"] else "   of some partitions only"
        return Text.assemble("   ".join(told or ["no orders"]), (some, "yellow"), no_wrap=True, overflow="ellipsis")

    def _events(self, lines: int) -> RenderableType:
        if not self._latest:
            return Text("no event yet", "dim")
        table = Table.grid(padding=(0, 2, 0, 0))
        for _ in range(6):
            table.add_column(no_wrap=True, overflow="ellipsis")
        for event in self._latest[-lines:] if lines else ():
            table.add_row(*cells(event))
        return table
