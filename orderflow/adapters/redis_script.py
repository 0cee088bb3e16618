"""A Lua script of this package, run by its hash and sent in full to a server that lacks it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Self

from redis.exceptions import NoScriptError

from orderflow.adapters.redis_connection import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Keys, on a cluster all of one slot, and arguments of one run."""

    keys: Sequence[str]
    arguments: Sequence[str | bytes | int]


@dataclass(frozen=True, slots=True)
class RedisScript:
    """It must bear being run again: of several calls some may have run when one is refused."""

    source: str

    @classmethod
    def named(cls, name: str) -> Self:
        return cls(files(__package__).joinpath(name).read_text())

    async def run(self, client: Client, calls: Sequence[Call]) -> list[Any]:
        """What each call returns. All of them go at once; in which order they take effect is open."""
        try:
            return await self._send(client, calls)
        except NoScriptError:
            await client.script_load(self.source)
            return await self._send(client, calls)

    async def _send(self, client: Client, calls: Sequence[Call]) -> list[Any]:
        digest = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()
        pipeline = client.pipeline(transaction=False)
        for call in calls:
            # Not evalsha(): a cluster's pipeline refuses the name, not the command.
            pipeline.execute_command("EVALSHA", digest, len(call.keys), *call.keys, *call.arguments)
        return await pipeline.execute()
