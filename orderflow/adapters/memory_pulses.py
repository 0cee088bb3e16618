"""Signs of life in memory: the twin of Redis, without times to live."""

from orderflow.ports import CacheUnavailableError
from orderflow.wire.pulse import Pulse, decode_pulse, encode_pulse


class InMemoryPulses:
    """Pulses; while `away` it behaves as a Redis that does not answer."""

    def __init__(self) -> None:
        self.away = False
        self._pulses: dict[tuple[str, str], bytes] = {}

    async def write(self, pulse: Pulse) -> None:
        self._reach()
        self._pulses[pulse["role"], pulse["instance"]] = encode_pulse(pulse)

    async def read_all(self) -> list[Pulse]:
        self._reach()
        return [decode_pulse(value) for _, value in sorted(self._pulses.items())]

    def _reach(self) -> None:
        if self.away:
            raise CacheUnavailableError("away")
