"""Every series that the roles tell of, and which of them Prometheus expressions name."""

import re

OURS = re.compile(r"\borderflow_[a-z_]+")
COUNTERS_AND_GAUGES = {
    "orderflow_commands_total",
    "orderflow_conflicts_total",
    "orderflow_retries_total",
    "orderflow_dead_letters_total",
    "orderflow_misplaced_records_total",
    "orderflow_cache_requests_total",
    "orderflow_cache_refreshes_skipped_total",
    "orderflow_consumer_lag_records",
    "orderflow_http_requests_total",
    "orderflow_dependency_ready",
    "orderflow_build_info",
    "orderflow_orders",
    "orderflow_stuck_orders",
    "orderflow_transitions_total",
}
HISTOGRAMS = {
    "orderflow_command_latency_seconds",
    "orderflow_batch_commands",
    "orderflow_step_duration_seconds",
    "orderflow_http_request_duration_seconds",
}
SERIES = COUNTERS_AND_GAUGES | {f"{name}_{part}" for name in HISTOGRAMS for part in ("bucket", "sum", "count")}


def unknown_in(expression: str) -> set[str]:
    return set(OURS.findall(expression)) - SERIES
