"""What can be wrong beyond a single command: named errors of the whole domain."""


class LifecycleError(ValueError):
    """A transition table that no order could follow; the message names the entry."""
