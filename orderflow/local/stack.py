"""The three servers of a data directory together: started once, found by every command, stopped by who started them."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

from orderflow.local import java, kafka_jars
from orderflow.local.kafka import Kafka
from orderflow.local.mongo import SecantusDB
from orderflow.local.notices import Say, to_stderr
from orderflow.local.ports import free_port
from orderflow.local.processes import end
from orderflow.local.server import Program, Server
from orderflow.local.state import RunningServer, last_ports, locked, remember, running_servers
from orderflow.local.tansu import WARNING, Tansu
from orderflow.local.valkey import Valkey

BROKERS = ("kafka", "tansu")
SIZE = 3
FORMER_PORT_SECONDS = 3.0


def broker(say: Say = to_stderr) -> Program:
    """Return Apache Kafka where Java and its jars can be had, else Tansu with a warning."""
    version = java.installed_java()
    if version is not None and version >= java.OLDEST and kafka_jars.available():
        return Kafka(version, say)
    say(WARNING)
    return Tansu()


class Stack:
    """The servers of one data directory, usable as a context manager.

    What runs already is used and left alone. Tethered servers die with the starting process; others stay
    until `stop_servers`. Call it from the main thread.
    """

    def __init__(self, data_dir: Path, *, tethered: bool = True, say: Say = to_stderr) -> None:
        self.servers: list[RunningServer] = []
        self._data_dir = data_dir
        self._tethered = tethered
        self._say = say
        self._started: list[Server] = []

    def start(self) -> None:
        """Start what does not run yet, all at once; ServerDidNotStart when one fails, and those started are stopped."""
        with locked(self._data_dir), ExitStack() as undo:
            self._adopt_running()
            undo.callback(self._stop_started)
            self._launch_missing()
            for started in self._started:
                started.wait_until_ready()
            self.servers = [replace(server, ready=True) for server in self.servers]
            remember(self._data_dir, self.servers)
            undo.pop_all()

    def stop(self) -> None:
        """Stop what this object started."""
        with locked(self._data_dir):
            self._stop_started()

    @property
    def has_tables(self) -> bool:
        """Whether the broker is one on which insights run."""
        return all(server.name != Tansu().name for server in self.servers)

    def environment(self) -> dict[str, str]:
        """Return the ORDERFLOW_* settings that name the servers."""
        return _environment(self.servers)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _adopt_running(self) -> None:
        """Take over what runs; a server that is not ready, seen under the lock, lost its starter on the way."""
        running = running_servers(self._data_dir)
        end([server.process for server in running if not server.ready])
        self.servers = [server for server in running if server.ready]
        for server in self.servers:
            self._say(f"using the running {server.title} on {server.address}")

    def _launch_missing(self) -> None:
        """Launch in an order in which slow preparations come last; write down each at once, so `down` finds it."""
        names = {server.name for server in self.servers}
        ports = last_ports(self._data_dir)
        programs: list[Program] = [SecantusDB(), Valkey()]
        if names.isdisjoint(BROKERS):
            programs.append(broker(self._say))
        for program in programs:
            if program.name not in names:
                port = free_port(ports.get(program.name), within=FORMER_PORT_SECONDS)
                server = Server(program, self._data_dir, port=port, tethered=self._tethered)
                server.launch()
                self._started.append(server)
                self.servers.append(_entry(server))
                remember(self._data_dir, self.servers)

    def _stop_started(self) -> None:
        end([server.process for server in self._started])
        for server in self._started:
            server.stop()
        self._started.clear()


def running_environment(data_dir: Path) -> dict[str, str] | None:
    """Return the ORDERFLOW_* settings of the running stack of a data directory; None unless all of it is ready."""
    servers = [server for server in running_servers(data_dir) if server.ready]
    return _environment(servers) if len(servers) == SIZE else None


def stop_servers(data_dir: Path) -> list[RunningServer]:
    """Stop every running server of a data directory, whoever started it, and return them."""
    with locked(data_dir):
        servers = running_servers(data_dir)
        end([server.process for server in servers])
        return servers


def _entry(server: Server) -> RunningServer:
    return RunningServer(
        name=server.program.name,
        title=server.program.title,
        address=server.address,
        environment=server.environment,
        process=server.process,
        ready=False,
    )


def _environment(servers: list[RunningServer]) -> dict[str, str]:
    return dict(sorted(setting for server in servers for setting in server.environment.items()))
