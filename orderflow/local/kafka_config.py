"""The settings of a one-node Apache Kafka for laptops and tests."""

from collections.abc import Mapping

LARGEST_RECORD = 5 * 2**20  # topics allow 4 MiB

SETTINGS: Mapping[str, str | int] = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "message.max.bytes": LARGEST_RECORD,
    "replica.fetch.max.bytes": LARGEST_RECORD,
    "replica.fetch.response.max.bytes": 2 * LARGEST_RECORD,
    # A laptop has one node and little memory.
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 8,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    # Groups form at once, and tests may use short sessions.
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    # After a kill the node waits until the session of its former self is over: 12 s instead of 6 s by default.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
}


def server_properties(log_dir: str, *, broker: str, controller: str, advertised: str | None = None) -> str:
    """Render server.properties for a node that listens on these two `host:port` addresses and nowhere else.

    Clients are told to come to `advertised`, by default to the broker itself.

    The voters are named by configuration, not stored in the log, so the next start may use other ports.
    """
    addresses = {
        "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{advertised or broker}",
        "controller.quorum.voters": f"1@{controller}",
        "log.dirs": log_dir,
    }
    return "".join(f"{key}={value}\n" for key, value in {**SETTINGS, **addresses}.items())
