"""Which servers a role is waiting for right now."""

import logging

log = logging.getLogger(__name__)


class Readiness:
    """Not ready while anything is awaited; says so once when it begins and once when it is over."""

    def __init__(self) -> None:
        self._awaited: dict[str, str] = {}

    @property
    def awaited(self) -> dict[str, str]:
        """Server -> reason; empty when ready."""
        return dict(self._awaited)

    def waiting_for(self, server: str, reason: str) -> None:
        if server not in self._awaited:
            log.warning("waiting for %s: %s", server, reason)
        self._awaited[server] = reason

    def reached(self, server: str) -> None:
        if self._awaited.pop(server, None) is not None:
            log.info("%s answers again", server)
