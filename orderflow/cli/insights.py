"""`orderflow insights`: statistics from events."""

import asyncio
import os

import click

from orderflow.adapters.kafka_access import KafkaRefusalError
from orderflow.bootstrap import check_topics
from orderflow.cli.refusals import refusals_told
from orderflow.cli.roles import run, settled
from orderflow.insights_bootstrap import expiry_after, stuck_after
from orderflow.local.ports import claimed_port
from orderflow.local.state import running_servers
from orderflow.local.tansu import NO_TABLES, Tansu
from orderflow.settings import INSIGHTS_PORT, Settings
from orderflow.streaming.rebuilding import rebuild


@click.command(
    short_help="Keep statistics of the orders; run as many as you like.",
    epilog="Example: orderflow insights   (all counted anew: orderflow insights --rebuild)",
)
@click.option("--rebuild", "anew", is_flag=True, help="Count all events anew before it starts; no other may run.")
def insights(*, anew: bool) -> None:
    """Count orders from order_events until Ctrl-C or SIGTERM; any number of these share the partitions.

    GET /stats of the facade shows the sum. /readyz and /livez are served on ORDERFLOW_OPS_PORT (8082, else the next
    free port).
    """
    settings = settled()
    with refusals_told():
        stuck_after(settings)
        expiry_after(settings)
    _refuse_tansu(settings)
    if anew:
        _rebuild(settings)
    port = settings.ops_port or claimed_port(INSIGHTS_PORT)
    os.environ["ORDERFLOW_OPS_PORT"] = str(port)
    run("agents.events", f"http://127.0.0.1:{port}/readyz")


def _refuse_tansu(settings: Settings) -> None:
    """Raises click.ClickException."""
    for server in running_servers(settings.data_dir):
        if server.name == Tansu().name and server.address == settings.kafka_brokers:
            raise click.ClickException(NO_TABLES)


def _rebuild(settings: Settings) -> None:
    """Raises click.ClickException."""
    with refusals_told():
        asyncio.run(check_topics(settings))
    try:
        count = asyncio.run(rebuild(settings))
    except KafkaRefusalError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except Exception as error:  # which errors a driver has is the adapter's affair
        reason = f"{type(error).__name__}: {error}"
        raise click.ClickException(f"Kafka at {settings.kafka_brokers} fails, {reason}: try again") from error
    click.echo(f"insights: {count} orders are counted anew", err=True)
