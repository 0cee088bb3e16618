"""What kustomize makes of deploy/k8s: valid for every supported Kubernetes, and in step with the settings."""

import importlib
from functools import cache
from typing import Any

import pytest

from orderflow.cli import COMMANDS
from orderflow.settings import Settings
from tests.deployment.pod_security import restricted_violations
from tests.deployment.tools import documents, output_of

pytestmark = [pytest.mark.tool("kubectl"), pytest.mark.tool("kubernetes-validate")]

FOLDERS = ("base", "overlays/production")
PRODUCTION = "overlays/production"
SUPPORTED = ("1.30", "1.37")
"""The oldest and the newest Kubernetes that is promised."""
STOPPING_SECONDS = 25
"""The facades' preStop, a last commit, and what closing clients takes."""
NOT_KUBERNETES_OWN = {"keda.sh/v1alpha1", "monitoring.coreos.com/v1"}
Manifest = dict[str, Any]


@cache
def rendered(folder: str) -> list[Manifest]:
    return list(documents(output_of("kubectl", "kustomize", f"deploy/k8s/{folder}")))


def of_kind(kind: str, folder: str = PRODUCTION) -> dict[str, Manifest]:
    return {found["metadata"]["name"]: found for found in rendered(folder) if found["kind"] == kind}


def pods(folder: str = PRODUCTION) -> dict[str, Manifest]:
    owners = of_kind("Deployment", folder) | of_kind("Job", folder)
    return {name: owner["spec"]["template"]["spec"] for name, owner in owners.items()}


def settings(folder: str = PRODUCTION) -> dict[str, str]:
    (found,) = of_kind("ConfigMap", folder).values()
    data: dict[str, str] = found["data"]
    return data


@pytest.mark.parametrize("version", SUPPORTED)
@pytest.mark.parametrize("folder", FOLDERS)
def test_kubernetes_takes_every_manifest(folder: str, version: str) -> None:
    kubernetes = importlib.import_module("kubernetes_validate")
    for manifest in rendered(folder):
        if manifest["apiVersion"] not in NOT_KUBERNETES_OWN:
            kubernetes.validate(manifest, version, strict=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_role_runs_its_command(folder: str) -> None:
    commands = {pod["containers"][0]["args"][0] for pod in pods(folder).values()}
    assert commands == {"init", "web", "worker", "insights"}
    assert commands <= set(COMMANDS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_pod_satisfies_the_restricted_standard_and_writes_to_tmp_only(folder: str) -> None:
    for name, pod in pods(folder).items():
        assert restricted_violations(pod) == [], name
        assert pod["containers"][0]["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108
        assert pod["automountServiceAccountToken"] is False


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_service_puts_variables_into_a_pod_that_look_like_settings(folder: str) -> None:
    assert {name for name, pod in pods(folder).items() if pod.get("enableServiceLinks") is not False} == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_settings_are_settings_and_no_secret_has_a_value(folder: str) -> None:
    known = {f"ORDERFLOW_{name.upper()}" for name in Settings.model_fields}
    assert set(settings(folder)) <= known
    secret = {f"ORDERFLOW_{name.upper()}" for name, field in Settings.model_fields.items() if "Secret" in str(field)}
    assert set(settings(folder)) & secret == set()
    assert of_kind("Secret", folder) == {}
    Settings(_env_file=None, **{name[len("ORDERFLOW_") :].lower(): value for name, value in _plain(folder).items()})


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_pod_that_stops_has_the_time_to_finish_its_batch(folder: str) -> None:
    drain = float(settings(folder)["ORDERFLOW_DRAIN_SECONDS"])
    for name in of_kind("Deployment", folder):
        assert pods(folder)[name]["terminationGracePeriodSeconds"] >= drain + STOPPING_SECONDS, name


@pytest.mark.parametrize("name", ["orderflow-web", "orderflow-worker", "orderflow-insights"])
def test_every_role_is_probed_spread_and_never_disturbed_all_at_once(name: str) -> None:
    pod, container = pods()[name], pods()[name]["containers"][0]
    probes = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert probes == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    assert len(pod["topologySpreadConstraints"]) == 2
    labels = of_kind("Deployment")[name]["spec"]["selector"]["matchLabels"]
    assert of_kind("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"] == labels


def test_workers_are_scaled_by_lag_up_to_the_partitions() -> None:
    scaled = of_kind("ScaledObject")["orderflow-worker"]["spec"]
    (trigger,) = scaled["triggers"]
    assert "replicas" not in of_kind("Deployment")["orderflow-worker"]["spec"], "an applied number would undo scaling"
    assert scaled["scaleTargetRef"]["name"] == "orderflow-worker"
    assert scaled["maxReplicaCount"] == int(settings()["ORDERFLOW_PARTITIONS"])
    assert trigger["type"] == "kafka"
    assert trigger["metadata"] == {
        "bootstrapServers": settings()["ORDERFLOW_KAFKA_BROKERS"],
        "topic": "order_commands",
        "consumerGroup": "orderflow-worker",
        "lagThreshold": "1000",
        "offsetResetPolicy": "earliest",
        "allowIdleConsumers": "false",
        "sasl": settings()["ORDERFLOW_KAFKA_SASL_MECHANISM"].lower().replace("-", "_").replace("sha_", "sha"),
        "tls": "enable",
    }
    login = of_kind("TriggerAuthentication")[trigger["authenticationRef"]["name"]]["spec"]["secretTargetRef"]
    assert {given["parameter"]: given["key"] for given in login} == {
        "username": "ORDERFLOW_KAFKA_USERNAME",
        "password": "ORDERFLOW_KAFKA_PASSWORD",
    }


def test_every_pod_is_scraped_and_only_the_facades_with_a_key() -> None:
    monitors = of_kind("PodMonitor")
    endpoints = {name: monitor["spec"]["podMetricsEndpoints"][0] for name, monitor in monitors.items()}
    assert {(endpoint["port"], endpoint["path"]) for endpoint in endpoints.values()} == {("http", "/metrics")}
    assert {name for name, endpoint in endpoints.items() if "authorization" in endpoint} == {"orderflow-web"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_gets_in_or_out_that_no_policy_names(folder: str) -> None:
    policies = of_kind("NetworkPolicy", folder)
    denied = policies.pop("orderflow-default-deny")["spec"]
    assert denied == {"podSelector": {"matchLabels": _ours()}, "policyTypes": ["Ingress", "Egress"]}
    for policy in policies.values():
        assert policy["spec"]["podSelector"]["matchLabels"].items() >= _ours().items()
        for rule in policy["spec"].get("ingress", []):
            assert rule["from"]
            assert rule["ports"]


def _ours() -> dict[str, str]:
    return {"app.kubernetes.io/name": "orderflow"}


def _plain(folder: str) -> dict[str, str]:
    """Without the login, which only the secret has."""
    return {name: value for name, value in settings(folder).items() if name != "ORDERFLOW_KAFKA_SECURITY_PROTOCOL"}
