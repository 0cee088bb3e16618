"""What a run leaves: tables and verdicts on the terminal; JSON, Markdown and charts in a folder."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson
from rich.console import Console

from benchmarks import worker
from benchmarks.charts import charts
from benchmarks.figures import Figure, figures, shown
from benchmarks.machine import Machine
from benchmarks.results import Results
from benchmarks.tables import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run."""

    results: Results
    machine: Machine
    servers: str
    begun: datetime
    rounds: int
    scale: float
    long: bool

    @property
    def figures(self) -> list[Figure]:
        return figures(self.results, long=self.long)

    @property
    def headline(self) -> str:
        run = f"{self.begun:%Y-%m-%d %H:%M} UTC, {self.machine.words}, {self.servers}; medians of {self.rounds}"
        warnings = ["the machine was busy before it began"] if self.machine.busy else []
        if self.scale != 1:
            warnings.append(f"a try at {self.scale:g} of its size: the figures mean nothing")
        return "; ".join([run, *warnings])

    @property
    def lines(self) -> list[str]:
        """One for each figure, and what two workers come to on one machine."""
        return [*(figure.line for figure in self.figures), *_two_workers(self.results)]

    def show(self, console: Console) -> None:
        for table in tables(self.results):
            console.print(table.rich())
        for line in [*self.lines, self.headline]:
            console.print(line, soft_wrap=True, markup=False)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "latest.md").write_text(self.markdown())
        (folder / "latest.json").write_bytes(self.json())
        for name, drawn in charts(self.results).items():
            (folder / name).write_text(drawn)

    def markdown(self) -> str:
        """As docs/benchmarks/latest.md shows it."""
        listed = "\n".join(f"- {line}" for line in _aligned(self.lines))
        return "\n".join([f"{self.headline}.\n", f"{listed}\n", *(table.markdown() for table in tables(self.results))])

    def json(self) -> bytes:
        verdicts = [{**asdict(figure), "holds": figure.holds} for figure in self.figures]
        run = {"begun": self.begun, "machine": asdict(self.machine), "servers": self.servers, "rounds": self.rounds}
        shape = {**run, "scale": self.scale, "long": self.long, "figures": verdicts}
        return orjson.dumps({**shape, "series": self.results.as_json()}, option=orjson.OPT_INDENT_2)


def _aligned(lines: Sequence[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


def _two_workers(results: Results) -> list[str]:
    one, two = (worker.series("null", "creates", "ours", workers) for workers in (1, 2))
    ratio = results.ratio(two, one, "rate")
    cores = [results.spread(two, f"core_{number}") for number in (1, 2)]
    if ratio is None:
        return []
    said = " and ".join(shown(used) for used in cores if used)
    return [f"{'for the eye':11}  two workers without that wait: times one {shown(ratio)}; they use {said} of a core"]
