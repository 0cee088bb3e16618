"""`orderflow web`: the HTTP facade."""

import asyncio

import click

from orderflow.bootstrap import check_topics
from orderflow.cli.refusals import refusals_told
from orderflow.cli.roles import run, settled
from orderflow.gate.check import refuse_gaps
from orderflow.local.ports import is_free


@click.command(short_help="Serve the HTTP facade.", epilog="Example: ORDERFLOW_HTTP_PORT=9090 orderflow web")
def web() -> None:
    """Serve the HTTP facade on ORDERFLOW_HTTP_HOST:ORDERFLOW_HTTP_PORT until Ctrl-C or SIGTERM.

    It starts while servers are away and answers what it can; /readyz says what is missing.
    """
    settings = settled()
    with refusals_told():
        refuse_gaps(settings)
    if not is_free(settings.http_port):
        raise click.ClickException(
            f"port {settings.http_port} is taken: end what listens there, or set ORDERFLOW_HTTP_PORT"
        )
    with refusals_told():
        asyncio.run(check_topics(settings))
    run("web.role", f"http://{settings.http_host}:{settings.http_port}")
