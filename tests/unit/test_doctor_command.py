"""`orderflow doctor`: how it says what it has found."""

from io import StringIO

import orjson
import pytest
from click.testing import CliRunner
from rich.console import Console

from orderflow.cli.doctor import doctor
from orderflow.cli.doctor_report import show, summary
from orderflow.doctor.finding import Finding, ok, warning, wrong


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([ok("a", "b")], "all green"),
        ([ok("a", "b"), warning("c", "d", "e")], "nothing wrong, 1 warning"),
        ([warning("c", "d", "e"), wrong("f", "g", "h")], "1 wrong, 1 warning"),
    ],
)
def test_the_last_line_sums_up(found: list[Finding], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert summary(found) == said
    show(found, Console())
    assert capsys.readouterr().out.splitlines()[-1] == said


def test_a_terminal_gets_the_remedy_below_what_it_mends() -> None:
    screen = StringIO()
    show([wrong("topic x", "has 3\x1b[2J partitions", "add one")], Console(file=screen, force_terminal=True, width=60))
    assert "→ add one" in screen.getvalue()
    assert "\x1b[2J" not in screen.getvalue()


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_with_all_servers_away_each_is_named_without_its_password(
    words: list[str], monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    address = f"127.0.0.1:{unused_tcp_port}"
    monkeypatch.setenv("ORDERFLOW_KAFKA_BROKERS", address)
    monkeypatch.setenv("ORDERFLOW_MONGO_URL", f"mongodb://u:s3cret@{address}/?serverSelectionTimeoutMS=100")
    monkeypatch.setenv("ORDERFLOW_REDIS_URL", f"redis://:s3cret@{address}/0")
    monkeypatch.setenv("ORDERFLOW_HTTP_PORT", str(unused_tcp_port))
    monkeypatch.setenv("ORDERFLOW_OPS_PORT", str(unused_tcp_port))

    done = CliRunner().invoke(doctor, words)

    assert (done.exit_code, "s3cret" in done.output) == (1, False)
    if words:
        said = orjson.loads(done.output)
        assert said["wrong"] == 3
        bad = [each["subject"] for each in said["findings"] if each["level"] == "wrong"]
        assert bad == ["Kafka", "MongoDB", "Redis"]
    else:
        assert done.output.splitlines()[-1] == "3 wrong, 0 warnings"


def test_it_explains_itself_with_an_example() -> None:
    assert "Example: orderflow doctor" in CliRunner().invoke(doctor, ["--help"]).output
