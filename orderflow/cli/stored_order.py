"""One order straight from MongoDB, for the commands that show it."""

import asyncio

import click

from orderflow import bootstrap
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.adapters.server_urls import address_of, start_or_name
from orderflow.domain.stored import StoredOrder
from orderflow.settings import Settings


def stored_order(settings: Settings, order_id: str) -> StoredOrder:
    """Raises click.ClickException where there is no such order, or no MongoDB."""
    try:
        found = asyncio.run(_get(settings, order_id))
    except Exception as error:  # which errors a driver has is the adapter's affair
        raise mongo_away(settings, error) from error
    if found is None:
        raise click.ClickException(f"there is no order {order_id} in the database {settings.mongo_database}")
    return found


def mongo_away(settings: Settings, error: Exception) -> click.ClickException:
    """Says where MongoDB should be and what to do."""
    return click.ClickException(
        f"MongoDB gives no answer at {address_of(settings.mongo_url)} ({type(error).__name__}): "
        + start_or_name("ORDERFLOW_MONGO_URL")
    )


async def _get(settings: Settings, order_id: str) -> StoredOrder | None:
    async with bootstrap.mongo(settings) as connection:
        return await MongoOrderQueries(connection, bootstrap.now).get(order_id)
