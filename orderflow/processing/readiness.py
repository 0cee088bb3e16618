"""Which servers a role is waiting for right now."""

import logging

log = logging.getLogger(__name__)

_NOT_ASKED = "no answer yet"


class Readiness:
    """Not ready while anything is awaited; says so once when it begins and once when it is over."""

    def __init__(self) -> None:
        self._awaited: dict[str, str] = {}

    @property
    def awaited(self) -> dict[str, str]:
        """Server -> reason; empty when ready."""
        return dict(self._awaited)

    def expect(self, *servers: str) -> None:
        """They have not been asked yet; nothing is said before one does not answer."""
        self._awaited |= dict.fromkeys(servers, _NOT_ASKED)

    def waiting_for(self, server: str, reason: str) -> None:
        if self._awaited.get(server, _NOT_ASKED) == _NOT_ASKED:
            log.warning("waiting for %s: %s", server, reason)
        self._awaited[server] = reason

    def reached(self, server: str) -> None:
        if self._awaited.pop(server, _NOT_ASKED) != _NOT_ASKED:
            log.info("%s answers again", server)
