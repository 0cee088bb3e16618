"""`orderflow --help`: where a new user looks first."""

from click.testing import CliRunner

from orderflow.cli import COMMANDS, main


def test_the_overview_names_every_command_and_says_in_whole_what_it_does() -> None:
    said = CliRunner().invoke(main, ["--help"], terminal_width=80).output.partition("Commands:\n")[2]
    assert [line.split()[0] for line in said.splitlines()] == list(COMMANDS)
    assert "..." not in said
