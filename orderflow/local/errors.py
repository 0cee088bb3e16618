"""What can go wrong with an embedded server."""


class ServerDidNotStart(RuntimeError):  # noqa: N818  a sentence, like every error of this project
    """A server died or never answered; the message says which, where, what to do, and its last log lines."""
