"""Keys that the settings name."""

from collections.abc import Sequence

from jwt import PyJWK


class FixedKeys:
    """KeySource: always the same keys."""

    def __init__(self, *keys: PyJWK) -> None:
        self._keys = keys

    async def keys(self, _key_id: str | None, /) -> Sequence[PyJWK]:
        return self._keys
