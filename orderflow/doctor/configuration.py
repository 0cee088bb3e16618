"""Settings that nothing can start with, that leave doors open, or that nobody reads."""

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from orderflow import bootstrap
from orderflow.bootstrap import RefusedStartError
from orderflow.doctor.finding import Finding, ok, refused, warning
from orderflow.gate.check import is_loopback, refuse_gaps
from orderflow.insights_bootstrap import expiry_after, stuck_after
from orderflow.settings import Settings

_PREFIX = "ORDERFLOW_"
_OTHERS = ("ORDERFLOW_TEST_", "ORDERFLOW_SAMPLE_ORDERS")
"""Of tests, not of the service."""


def configuration(settings: Settings, variables: Iterable[str] = os.environ) -> Iterator[Finding]:
    """One for each flaw; one in all where there is none."""
    flaws = [*_refusals(settings), *_open_doors(settings), *_unread(variables)]
    yield from flaws or [ok("settings", f"auth {settings.auth}, lifecycle {settings.lifecycle}")]


def _refusals(settings: Settings) -> Iterator[Finding]:
    for check in (refuse_gaps, bootstrap.lifecycle, stuck_after, expiry_after):
        try:
            check(settings)
        except RefusedStartError as refusal:
            yield refused("settings", refusal)


def _open_doors(settings: Settings) -> Iterator[Finding]:
    if settings.auth == "off" and settings.insecure and not is_loopback(settings.http_host):
        yield warning(
            "settings",
            f"ORDERFLOW_AUTH=off on {settings.http_host}: whoever reaches it may do everything",
            "set ORDERFLOW_AUTH=on, unless something else keeps strangers out",
        )


def _unread(variables: Iterable[str]) -> Iterator[Finding]:
    known = [f"{_PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(variables):
        if name.startswith(_PREFIX) and not name.startswith(_OTHERS) and name not in known:
            close = get_close_matches(name, known, n=1)
            remedy = f"is {close[0]} meant?" if close else "take it away: nobody reads it"
            yield warning("settings", f"{name} is not a setting", remedy)
