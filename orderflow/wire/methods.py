"""HTTP's methods."""

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
"""Those that metrics and traces tell by their names; any other may be one that a client made up."""
