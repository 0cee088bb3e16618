"""The Faust App of every role: safe transport, batches from the queue, clients that live as long as it does."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import faust
from faust.types import TP

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.metrics.role import RoleMetrics
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.streaming.batch_stream import BatchStream
from orderflow.streaming.consumer_lag import committed_by, lag_of, partitions_of
from orderflow.streaming.http_server import HttpWeb
from orderflow.streaming.instance import instance_name
from orderflow.streaming.progress import Progress
from orderflow.streaming.safe_tables import SafeTableManager
from orderflow.streaming.safe_transport import SafeTransport
from orderflow.streaming.sized_queue import SizedQueue

Lifespan = Callable[[], AbstractAsyncContextManager[Any]]

log = logging.getLogger(__name__)

HEARTBEATS_PER_SESSION = 6
REVOKE_SECONDS = 3.0
"""How long a rebalance waits for the batch under way; heartbeats go on meanwhile."""
FAUST = {
    "Stream": BatchStream,
    "TableManager": SafeTableManager,
    "value_serializer": "raw",
    "key_serializer": "raw",
    "stream_wait_empty": False,
    "table_standby_replicas": 0,
    "broker_request_timeout": 30,
    "broker_commit_interval": 0.5,
    # A member that fetches nothing, for it waits for a server or has no partition, must not be expelled.
    "broker_max_poll_interval": 1e9,
    "topic_disable_leader": True,
    "web_tables_enabled": False,
    "web_router_enabled": False,
}
"""Faust's settings that are the same in every deployment."""


class OrderflowApp(faust.App):
    """One per role. What `lifespan` yields is there, as `resources`, from before the first record to after the last.

    `companions` are entered after it, and left before it.
    """

    def __init__(self, settings: Settings, *, role: str, **options: Any) -> None:  # noqa: ANN401 - Faust's settings
        self.settings = settings
        self.role, self.instance = role, instance_name(role, settings)
        self.readiness = Readiness()
        self.metrics = RoleMetrics(role)
        self.lifespan: Lifespan | None = None
        self.companions: list[Lifespan] = []
        self.resources: Any = None
        self.joined = False
        self.progress = self._progress(settings.stall_seconds)
        self._open = AsyncExitStack()
        self._under_way: set[asyncio.Future[None]] = set()
        super().__init__(
            settings.named(f"orderflow-{role}"),
            broker=[f"kafka://{broker.strip()}" for broker in settings.kafka_brokers.split(",")],
            broker_credentials=_credentials(KafkaAccess.of(settings)),
            broker_session_timeout=settings.session_seconds,
            broker_heartbeat_interval=settings.session_seconds / HEARTBEATS_PER_SESSION,
            consumer_group_instance_id=settings.instance_id or None,
            broker_client_id=self.instance,
            **FAUST,
            **options,
        )
        self.on_before_shutdown.connect(self._drain)
        self.on_partitions_revoked.connect(self._let_finish)
        self.on_partitions_assigned.connect(self._join)

    def _progress(self, limit: float) -> Progress:
        return Progress(positions=self._positions, waiting=self._waiting, silent=self.readiness.away, limit=limit)

    def _new_web(self) -> HttpWeb:
        return HttpWeb(self, most=self.settings.http_connections)

    def _new_transport(self) -> SafeTransport:
        return SafeTransport(self.conf.broker_consumer, self)

    def FlowControlQueue(  # noqa: N802 - Faust's name
        self, maxsize: int | None = None, *, clear_on_resume: bool = False
    ) -> SizedQueue:
        return SizedQueue(maxsize=maxsize, flow_control=self.flow_control, clear_on_resume=clear_on_resume)

    def _create_directories(self) -> None:
        """Faust would make folders for tables on disk; a role without tables also runs where it may not write."""

    async def on_start(self) -> None:
        await super().on_start()
        if self.lifespan:
            # Whether it lives and what it waits for is told from the first moment, however long the servers are away.
            for service in self.boot_strategy.web_server():
                await service.maybe_start()
            self.resources = await self._open.enter_async_context(self.lifespan())
        for companion in self.companions:
            await self._open.enter_async_context(companion())

    async def on_shutdown(self) -> None:
        await super().on_shutdown()
        await self._open.aclose()

    def committed(self, partition: TP) -> int:
        """The offset up to which everything is acknowledged, as far as is known here."""
        return committed_by(self.consumer, partition)

    @asynccontextmanager
    async def batch_under_way(self) -> AsyncIterator[None]:
        """Until the batch is acknowledged: a stop and a rebalance wait for it, for a while."""
        acknowledged = asyncio.get_running_loop().create_future()
        self._under_way.add(acknowledged)
        try:
            yield
        finally:
            self._under_way.remove(acknowledged)
            acknowledged.cancel()

    def _positions(self) -> dict[TP, int]:
        return {partition: self.committed(partition) for partition in partitions_of(self.consumer)}

    def _waiting(self) -> int:
        """Records that nothing but this role itself keeps from being handled."""
        waits = self.readiness.awaited_servers or self.rebalancing or not self.joined
        if waits or not self.consumer.is_member:
            return 0
        return sum(lag_of(self.consumer).values())

    async def _join(self, _app: faust.App, _assigned: object, **_: object) -> None:
        self.joined = True

    async def _drain(self, _app: faust.App, **_: object) -> None:
        batches, begun = len(self._under_way), time.monotonic()
        await self._finished_within(self.settings.drain_seconds)
        log.info("stops: %d batches were under way, for %.2f s", batches, time.monotonic() - begun)

    async def _let_finish(self, _app: faust.App, _revoked: object, **_: object) -> None:
        await self._finished_within(REVOKE_SECONDS)
        await self.consumer.commit()

    async def _finished_within(self, seconds: float) -> None:
        """The batches that are under way now; others may begin meanwhile."""
        if not self._under_way:
            return
        _, unfinished = await asyncio.wait(self._under_way, timeout=seconds)
        if unfinished:
            log.warning("the batch under way goes on; another worker will see its records again")


def _credentials(kafka: KafkaAccess) -> faust.auth.Credentials | None:
    """The same as other clients' in Faust's words, whose protocol follows from what it is given."""
    if kafka.protocol.authenticated:
        return faust.auth.SASLCredentials(
            username=kafka.username,
            password=kafka.password,
            mechanism=str(kafka.mechanism),
            ssl_context=kafka.tls,
        )
    return faust.auth.SSLCredentials(kafka.tls) if kafka.tls else None
