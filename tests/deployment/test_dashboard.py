"""Grafana's dashboard asks for series that exist, in words that Prometheus understands, and shows each of ours."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment.metric_names import LISTED, NAME, unknown_in
from tests.deployment.tools import ROOT, output_of

DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/dashboards/orderflow.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [query["expr"] for panel in PANELS for query in panel["targets"]]


def test_every_series_it_asks_for_exists() -> None:
    assert {name for query in QUERIES for name in unknown_in(query)} == set()


def test_it_shows_every_metric() -> None:
    asked = {name for query in QUERIES for name in NAME.findall(query)}
    assert {name for name in LISTED if not any(series.startswith(name) for series in asked)} == set()


@pytest.mark.tool("promtool")
def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    rules = [
        {"record": f"query:{number}", "expr": query.replace("$__rate_interval", "1m")}
        for number, query in enumerate(QUERIES)
    ]
    written = tmp_path / "queries.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert "SUCCESS" in output_of("promtool", "check", "rules", written)


def test_everything_asks_the_prometheus_that_is_chosen_above_it() -> None:
    (chosen,) = DASHBOARD["templating"]["list"]
    assert (chosen["type"], chosen["query"]) == ("datasource", "prometheus")
    askers = [*PANELS, *DASHBOARD["annotations"]["list"]]
    assert {asker["datasource"]["uid"] for asker in askers} == {f"${{{chosen['name']}}}"}


def test_panels_do_not_overlap() -> None:
    cells = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
