"""Which series there are, as docs/operations.md lists them, and which of them and of their labels an expression names.

A unit test holds that list against what the roles really serve.
"""

import re

from tests.deployment.tools import ROOT

ROW = re.compile(r"^\| `(orderflow_\w+)` \| (counter|gauge|histogram) \| ([\w, ]*?) ?\|", re.MULTILINE)
LISTED = {
    name: (kind, labels.split(", ")) for name, kind, labels in ROW.findall((ROOT / "docs/operations.md").read_text())
}
PARTS = {"histogram": ("_bucket", "_sum", "_count")}
SERIES = {name + part: labels for name, (kind, labels) in LISTED.items() for part in PARTS.get(kind, ("",))}
OF_PROMETHEUS = {"instance", "le"}

NAME = re.compile(r"\borderflow_[a-z_]+")
SELECTOR = re.compile(r"(orderflow_[a-z_]+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
GROUPS = re.compile(r"\b(?:by|on|group_left) \(([^)]*)\)")


def unknown_in(expression: str) -> set[str]:
    """Series that nobody serves, and labels that no series of the expression has."""
    names = set(NAME.findall(expression))
    known = {label for name in names for label in SERIES.get(name, [])} | OF_PROMETHEUS
    matched = {
        f"{name}.{label}"
        for name, matchers in SELECTOR.findall(expression)
        for label in LABEL.findall(matchers)
        if label not in {*SERIES.get(name, []), *OF_PROMETHEUS}
    }
    grouped = {word.strip() for words in GROUPS.findall(expression) for word in words.split(",")} - {""}
    return (names - set(SERIES)) | matched | (grouped - known)
