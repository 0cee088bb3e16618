"""docker-compose.yml: valid, reachable from this machine only, and our roles may do as little as they need."""

from pathlib import Path
from typing import Any

import pytest

from orderflow.cli import COMMANDS
from tests.deployment.tools import ROOT, document, output_of

COMPOSE = document("docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ROLES = {name: service for name, service in SERVICES.items() if service.get("image") == "orderflow"}
OBSERVERS = {"prometheus", "grafana"}


def test_it_is_what_the_compose_specification_allows() -> None:
    assert output_of("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml")


def test_every_role_is_a_service_that_runs_its_command() -> None:
    assert {service["command"] for service in ROLES.values()} == {"init", "web", "worker", "insights"}
    assert {service["command"] for service in ROLES.values()} <= set(COMMANDS)


def test_ports_are_open_on_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", sorted({*ROLES, *OBSERVERS}))
def test_it_writes_nowhere_but_to_memory_and_has_no_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - of the container
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "init"])
def test_everything_that_stays_says_how_it_is(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_what_observes_starts_on_demand_only() -> None:
    assert {name for name, service in SERVICES.items() if "profiles" in service} == OBSERVERS


def test_every_image_has_a_version() -> None:
    foreign = [service["image"] for service in SERVICES.values() if service["image"] != "orderflow"]
    assert [image for image in foreign if ":" not in image or image.endswith(":latest")] == []


def test_prometheus_finds_every_role_by_the_name_of_its_service() -> None:
    jobs = document("deploy/prometheus/prometheus.yml")["scrape_configs"]
    targets = {job["dns_sd_configs"][0]["names"][0]: job["dns_sd_configs"][0]["port"] for job in jobs}
    assert targets == {"web": 8080, "worker": 8081, "insights": 8082}


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    source = document("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"][0]
    assert source["url"] == "http://prometheus:9090"
    provider = document("deploy/grafana/provisioning/dashboards/orderflow.yml")["providers"][0]
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in SERVICES["grafana"]["volumes"]


def test_grafana_writes_where_it_may_into_folders_that_its_start_script_finds() -> None:
    environment = SERVICES["grafana"]["environment"]
    assert environment["GF_PATHS_DATA"] in SERVICES["grafana"]["tmpfs"]
    assert str(Path(environment["GF_PATHS_PLUGINS"]).parent) in SERVICES["grafana"]["tmpfs"]
