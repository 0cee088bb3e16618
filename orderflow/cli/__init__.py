"""The `orderflow` command; each subcommand's module is imported when it is asked for."""

import importlib
from keyword import iskeyword

import click

from orderflow.cli import interpreter

COMMANDS = {
    "up": "orderflow.cli.up",
    "init": "orderflow.cli.init",
    "worker": "orderflow.cli.worker",
    "web": "orderflow.cli.web",
    "insights": "orderflow.cli.insights",
    "stack": "orderflow.cli.stack",
    "submit": "orderflow.cli.submit",
    "import": "orderflow.cli.importing",
    "get": "orderflow.cli.get",
    "history": "orderflow.cli.history",
    "watch": "orderflow.cli.watch",
    "lag": "orderflow.cli.lag",
    "doctor": "orderflow.cli.doctor",
    "verify": "orderflow.cli.verify",
    "dlq": "orderflow.cli.dlq",
    "keys": "orderflow.cli.keys",
}  # name of the command and of the function in that module: import_ for import


class Commands(click.Group):
    """Subcommands by name, so that a short command does not pay for the imports of the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        interpreter.collect_rarely()
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands)
def main() -> None:
    """Manage delivery orders, Kafka first."""
