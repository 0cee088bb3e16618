"""What MongoDB tells of itself, and whether it would take an order from us; nothing is changed."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from pymongo.errors import OperationFailure

from orderflow.adapters.clock_differences import ahead_of
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoFacts:
    """`members` of its replica set, 0 where it is in none; its clock is `ahead` of ours by so many seconds."""

    title: str
    version: tuple[int, ...]
    members: int
    sharded: bool
    writable: bool
    ahead: float


class MongoInspection:
    """Raises the driver's errors."""

    def __init__(self, connection: MongoConnection, clock: Clock) -> None:
        self._orders = connection.orders
        self._admin = connection.orders.database.client.admin
        self._clock = clock

    async def server(self) -> MongoFacts:
        built: dict[str, Any] = await self._admin.command("buildInfo")
        before = self._clock()
        hello: dict[str, Any] = await self._admin.command("hello")
        after = self._clock()
        secantus = built.get("secantusVersion")
        return MongoFacts(
            title=f"SecantusDB {secantus}" if secantus else f"MongoDB {built['version']}",
            version=tuple(built["versionArray"][:2]),
            members=len(hello.get("hosts", ())) if "setName" in hello else 0,
            sharded=hello.get("msg") == "isdbgrid",
            writable=bool(hello.get("isWritablePrimary")),
            ahead=ahead_of(hello["localTime"].replace(tzinfo=UTC), before, after),
        )

    async def refused_write(self) -> str | None:
        """Why; asked with an update, to be acknowledged as ours are, that fits no order."""
        try:
            await self._orders.update_one({"_id": "", "revision": -1}, {"$set": {"revision": -1}})
        except OperationFailure as refusal:
            return f"refused: {(refusal.details or {}).get('errmsg', refusal.code)}"
        return None
