"""What insights refuse to start with, and where they are not started at all."""

from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from orderflow.bootstrap import RefusedStartError
from orderflow.cli import insights, up
from orderflow.domain.lifecycle import State
from orderflow.insights_bootstrap import expiry_after, stuck_after
from orderflow.settings import Settings

LOCAL = Settings(_env_file=None, kafka_brokers="127.0.0.1:1")


def settings(**given: object) -> Settings:
    return LOCAL.model_copy(update=given)


def test_by_default_every_state_that_an_order_can_leave_has_a_limit_and_none_expires() -> None:
    assert len(stuck_after(LOCAL)) == 8
    assert stuck_after(LOCAL)[State.CREATED] == 2 * 3_600_000
    assert expiry_after(LOCAL) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stuck_after": "created=soon"}, "ORDERFLOW_STUCK_AFTER=created=soon: must be an age"),
        ({"stuck_after": "delivered=1h"}, "'delivered' is not a state to be stuck in"),
        ({"expire_created_after": "soon"}, "ORDERFLOW_EXPIRE_CREATED_AFTER: must be an age"),
    ],
)
def test_an_age_that_means_nothing_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(RefusedStartError) as refusal:
        (stuck_after(settings(**given)), expiry_after(settings(**given)))
    assert said in str(refusal.value)


def test_orders_cannot_expire_where_the_lifecycle_cancels_none(tmp_path: Path) -> None:
    table = tmp_path / "lifecycle.toml"
    table.write_text('[transitions]\ncreated = ["delivered"]\n[cancel]\n')
    with pytest.raises(RefusedStartError, match="cancels no order that is created"):
        expiry_after(settings(expire_created_after="7d", lifecycle=str(table)))


@pytest.mark.parametrize(("address", "refused"), [("127.0.0.1:1", True), ("127.0.0.1:2", False)])
def test_they_are_refused_on_tansu(monkeypatch: pytest.MonkeyPatch, address: str, *, refused: bool) -> None:
    running = [SimpleNamespace(name="tansu", address=address)]
    monkeypatch.setattr(insights, "running_servers", lambda _: running)
    if not refused:
        insights._refuse_tansu(LOCAL)  # noqa: SLF001 - its command would start the role
        return
    with pytest.raises(click.ClickException, match="insights need Apache Kafka"):
        insights._refuse_tansu(LOCAL)  # noqa: SLF001


@pytest.mark.parametrize(("tables", "roles"), [(True, ["web", "worker", "insights"]), (False, ["web", "worker"])])
def test_up_starts_them_where_tables_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], roles: list[str], *, tables: bool
) -> None:
    monkeypatch.setattr(up, "claimed_port", lambda first: first)
    places = list(up._places(LOCAL, tables=tables))  # noqa: SLF001 - its command would start everything
    assert [name for name, _, _ in places] == roles
    assert len({port for _, _, port in places}) == len(places)
    assert ("no statistics: insights need Apache Kafka" in capsys.readouterr().err) is not tables
