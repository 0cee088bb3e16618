"""`python -m benchmarks.contestants NAME`: run one of them until it is ended, on the servers that ORDERFLOW_* name."""

import sys

import uvloop

from benchmarks.contestants import bare, floor
from orderflow.cli import interpreter
from orderflow.cli.roles import run
from orderflow.settings import Settings

interpreter.tune()
match sys.argv[1:]:
    case ["floor"]:
        uvloop.run(floor.run(Settings()))
    case ["bare"]:
        uvloop.run(bare.run(Settings()))
    case ["naive"]:
        run("benchmarks.contestants.naive")
    case ["ours"]:
        run("benchmarks.contestants.ours")
    case _:
        sys.exit("usage: python -m benchmarks.contestants floor|bare|naive|ours")
