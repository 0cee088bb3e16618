from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson
import pytest
from rich.console import Console

from benchmarks.machine import Machine
from benchmarks.report import Report
from benchmarks.results import Results


def machine(load: float = 0.0) -> Machine:
    return Machine(cores=2, memory_gb=16.0, python="3.11.7", system="Linux x86_64", load=load)


def report(*, load: float = 0.0, scale: float = 1.0) -> Report:
    results = Results()
    for rate in (900.0, 1_000.0, 1_100.0):
        results.add("worker/mongo/creates/floor", rate=rate, cpu_us=36.0)
        results.add("worker/mongo/creates/ours", rate=rate * 0.95, cpu_us=40.0)
        results.add("worker/null/creates/ours", rate=rate, core_1=0.9)
        results.add("worker/null/creates/ours/2 workers", rate=rate * 1.5, core_1=0.8, core_2=0.7)
        results.add("http/list, cached/32", rate=3_100.0, p50=9.0, p99=20.0, hits=1.0, failed=0.0)
    return Report(
        results=results,
        machine=machine(load),
        servers="Apache Kafka",
        begun=datetime(2026, 1, 1, 12, tzinfo=UTC),
        rounds=3,
        scale=scale,
        long=False,
    )


def test_a_report_shows_tables_and_a_line_for_each_figure() -> None:
    shown = StringIO()
    report().show(Console(file=shown, width=140))

    assert "1 000 (900 to 1 100)" in shown.getvalue()
    assert "holds        worker, mongo, creates: times the floor: 0.95, >= 0.9\n" in shown.getvalue()
    assert "two workers without that wait: times one 1.5; they use 0.8 and 0.7 of a core" in shown.getvalue()


def test_what_a_report_writes_can_be_read_by_machines_and_people(tmp_path: Path) -> None:
    report().write(tmp_path)

    written = orjson.loads((tmp_path / "latest.json").read_bytes())
    markdown = (tmp_path / "latest.md").read_text()
    assert written["series"]["worker/mongo/creates/floor"]["rate"] == [900.0, 1000.0, 1100.0]
    assert [figure["holds"] for figure in written["figures"]] == [True, True]
    assert markdown.startswith("2026-01-01 12:00 UTC, 2 cores, 16 GB, Python 3.11.7, Linux x86_64, Apache Kafka")
    assert "| mongo/creates/floor | 1 000 (900 to 1 100) | 36 |" in markdown


def test_charts_are_drawn_of_what_was_measured(tmp_path: Path) -> None:
    report().write(tmp_path)

    drawn = {path.name: ET.parse(path).getroot() for path in tmp_path.glob("*.svg")}  # noqa: S314 - our own
    assert set(drawn) == {"worker-mongo.svg", "worker-null.svg", "http-rate.svg", "http-p99.svg"}
    bars = drawn["worker-mongo.svg"].findall("{*}rect")[1:]
    assert [float(bar.get("width", 0)) for bar in bars] == pytest.approx([354.5, 336.8], abs=0.1)


@pytest.mark.parametrize(("load", "scale", "words"), [(1.5, 1.0, "busy before it began"), (0.0, 0.1, "mean nothing")])
def test_a_report_says_what_it_is_not_worth(load: float, scale: float, words: str) -> None:
    assert words in report(load=load, scale=scale).headline
    assert words not in report().headline


def test_a_machine_is_busy_when_a_quarter_of_its_cores_is_wanted() -> None:
    assert not machine(0.5).busy
    assert machine(0.6).busy
