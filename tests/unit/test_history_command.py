import pytest
from click.testing import CliRunner

from orderflow.cli import history
from tests.builders import cancel_order, change_state, create_order, hold_order, stored_order

LONG = "cmd_" + "0" * 32


def test_no_change_is_broken_up_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = stored_order(create_order(), change_state(), hold_order(command_id=LONG), cancel_order())
    monkeypatch.setattr(history, "stored_order", lambda *_: stored)
    shown = CliRunner(env={"COLUMNS": "80"}).invoke(history.history, ["ord_1"]).output
    for change in ("created", "created -> in_transit", "held", "in_transit -> returning"):
        assert f" {change} " in shown, shown
