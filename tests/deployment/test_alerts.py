"""Each alert names series that exist, can fire and stay quiet, and has a runbook."""

import re
from typing import Any

import pytest

from orderflow.cli import COMMANDS
from orderflow.settings import Settings
from tests.deployment.metric_names import unknown_in
from tests.deployment.tools import ROOT, document, output_of

RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for group in document("deploy/prometheus/alerts.yml")["groups"] for rule in group["rules"]
}
TESTS = document("tests/deployment/alerts_test.yml")["tests"]
RUNBOOKS = (ROOT / "docs/runbooks.md").read_text()


@pytest.mark.tool("promtool")
def test_each_rule_fires_where_it_should_and_nowhere_else() -> None:
    assert "SUCCESS" in output_of("promtool", "test", "rules", "tests/deployment/alerts_test.yml")


@pytest.mark.tool("promtool")
def test_prometheus_takes_its_configuration() -> None:
    assert "SUCCESS" in output_of("promtool", "check", "config", "--syntax-only", "deploy/prometheus/prometheus.yml")
    assert "SUCCESS" in output_of("promtool", "check", "rules", "deploy/prometheus/alerts.yml")


def test_every_alert_is_seen_firing_and_quiet() -> None:
    seen = [case for group in TESTS for case in group.get("alert_rule_test", [])]
    assert {case["alertname"] for case in seen if case["exp_alerts"]} == set(RULES)
    healthy = TESTS[-1]["promql_expr_test"][0]
    assert healthy["expr"].startswith("ALERTS")
    assert healthy["exp_samples"] == []


@pytest.mark.parametrize("alert", RULES)
def test_an_alert_says_how_bad_it_is_and_names_series_that_exist(alert: str) -> None:
    assert RULES[alert]["labels"]["severity"] in {"critical", "warning"}
    assert RULES[alert]["annotations"]["summary"]
    assert unknown_in(RULES[alert]["expr"]) == set()


@pytest.mark.parametrize("alert", RULES)
def test_an_alert_has_a_runbook(alert: str) -> None:
    assert RULES[alert]["annotations"]["runbook_url"] == f"docs/runbooks.md#{alert.lower()}"
    assert f"\n## {alert}\n" in RUNBOOKS


def test_a_runbook_has_an_alert() -> None:
    assert set(re.findall(r"^## (\w+)$", RUNBOOKS, re.MULTILINE)) == set(RULES)


@pytest.mark.parametrize("page", ["docs/runbooks.md", "docs/deployment.md"])
def test_what_operators_are_told_to_run_and_set_exists(page: str) -> None:
    told = (ROOT / page).read_text()
    known = {f"ORDERFLOW_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"(?:`|-- |web )orderflow ([a-z]+)", told)) <= set(COMMANDS)
    assert set(re.findall(r"\bORDERFLOW_[A-Z_]+", told)) <= known
