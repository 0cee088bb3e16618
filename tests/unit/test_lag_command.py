"""`orderflow lag`: what it counts and how it shows it."""

from io import StringIO

import pytest
from click.testing import CliRunner
from rich.console import Console

from orderflow.bootstrap import now
from orderflow.cli.lag import lag
from orderflow.cli.lag_report import as_json, view
from orderflow.streaming.group_readings import GroupProgress, rates
from tests.unit.groups import member, position, reading


def shown(*groups: GroupProgress, away: Exception | None = None) -> str:
    screen = StringIO()
    Console(file=screen, width=120).print(view(groups, away))
    return screen.getvalue()


def test_the_rate_is_what_was_done_in_between_however_it_was_done() -> None:
    before = reading(position(0, 10, 50), position(1, None, 5), position(2, 7, 7))
    after = reading(position(0, 30, 90), position(1, None, 5, begin=4), position(2, 3, 3), position(3, 9, 9))

    assert rates(before, after, 2.0) == {0: 10, 1: 2, 2: 0}


def test_a_partition_nobody_reads_and_what_is_not_done_stand_out() -> None:
    some = reading(position(0, 10, 50), position(1, None, 0), members=(member(1, 0), member(2)))

    said = shown(GroupProgress(reading=some, rates={0: 12.4})).splitlines()

    assert said[0] == "orderflow-worker on order_commands: Stable, 2 members, lag 40, 12/s"
    assert said[2].split() == ["0", "50", "10", "40", "12", "worker@host:1", "(10.0.0.7)"]
    assert said[3].split() == ["1", "0", "-", "0", "-", "nobody"]


def test_a_role_that_never_ran_takes_one_line() -> None:
    never = GroupProgress(reading=reading(position(0, None, 9), state="Dead"), rates={})
    assert shown(never).count("\n") == 1
    assert "order_commands is not read" in shown(never)


def test_old_figures_stay_and_it_is_said_why_they_are_old() -> None:
    some = GroupProgress(reading=reading(position(0, 1, 2)), rates={})
    said = shown(some, away=RuntimeError("Kafka does not answer"))
    assert "lag 1" in said
    assert said.endswith("Kafka does not answer\n")


def test_a_program_gets_everything_in_one_object() -> None:
    some = reading(position(0, 10, 50), members=(member(1, 0),))
    [group] = as_json([GroupProgress(reading=some, rates={})], now())["groups"]  # type: ignore[misc]
    assert group["partitions"] == [
        {"partition": 0, "begin": 0, "end": 50, "committed": 10, "lag": 40, "rate": None, "member": "m1"}
    ]
    assert group["members"] == [{"id": "m1", "client_id": "worker@host:1", "host": "10.0.0.7", "partitions": (0,)}]


@pytest.mark.parametrize("words", [["--once"], ["--once", "--json"], []])
def test_without_kafka_it_is_said_in_one_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("ORDERFLOW_KAFKA_BROKERS", f"127.0.0.1:{unused_tcp_port}")
    done = CliRunner().invoke(lag, words)
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: Kafka does not answer at 127.0.0.1:{unused_tcp_port}: start it")
    assert done.output.count("\n") == 1


def test_it_explains_itself_with_an_example() -> None:
    assert "Example: orderflow lag" in CliRunner().invoke(lag, ["--help"]).output
