"""The book of API keys in MongoDB, for the commands that keep it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from orderflow import bootstrap
from orderflow.access.api_keys import ApiKey
from orderflow.access.ports import ApiKeyBook
from orderflow.adapters.mongo_api_keys import MongoApiKeys
from orderflow.cli.stored_order import mongo_away
from orderflow.settings import Settings
from orderflow.wire.json import dumps

T = TypeVar("T")


def in_book(settings: Settings, work: Callable[[ApiKeyBook], Awaitable[T]]) -> T:
    """What the work gives. Raises click.ClickException where MongoDB cannot be reached."""

    async def run() -> T:
        async with bootstrap.mongo(settings) as connection:
            return await work(MongoApiKeys(connection))

    try:
        return asyncio.run(run())
    except Exception as error:  # which errors a driver has is the adapter's affair
        raise mongo_away(settings, error) from error


def encode_key(kept: ApiKey, **more: str) -> bytes:
    """A line of JSON: everything but the digest, which is of no use to anybody."""
    return dumps(
        {
            "id": kept.key_id,
            "name": kept.name,
            "scopes": sorted(kept.scopes),
            "client_id": kept.client_id,
            "created_at": kept.created_at,
            "revoked_at": kept.revoked_at,
            **more,
        }
    )


def shown(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""
