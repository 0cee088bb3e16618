"""Clients of Kafka started, and why they could not be: aiokafka says only that no broker could be reached."""

import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_connection import brief_farewells

_REQUEST_MS = 10_000
_KNOCK_MS = 3_000
_HANGS_UP = (KafkaConnectionError, ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What it looks like when a broker expects to be spoken to otherwise, but also when it dies just then."""


@asynccontextmanager
async def kafka_admin(kafka: KafkaAccess) -> AsyncIterator[AIOKafkaAdminClient]:
    """Raises as `admitted`."""
    admin = AIOKafkaAdminClient(**kafka.options, request_timeout_ms=_REQUEST_MS)
    try:
        await admitted(admin.start(), kafka)
        yield admin
    finally:
        with brief_farewells(admin._client):  # noqa: SLF001
            await admin.close()


@asynccontextmanager
async def kafka_client(kafka: KafkaAccess) -> AsyncIterator[AIOKafkaClient]:
    """Raises as `admitted`."""
    client = AIOKafkaClient(**kafka.options)
    try:
        await admitted(client.bootstrap(), kafka)
        yield client
    finally:
        with brief_farewells(client):
            await client.close()


async def admitted(start: Awaitable[object], kafka: KafkaAccess) -> None:
    """Raises KafkaRefusalError where a broker does not let us in, KafkaError when none answers."""
    try:
        await start
    except KafkaConnectionError:
        await knock(kafka)
        raise


async def knock(kafka: KafkaAccess) -> None:
    """Returns when a broker lets us in; raises as `admitted`, with the last broker's reason."""
    reason = "no broker is named"
    for host, port, _ in collect_hosts(kafka.brokers):
        try:
            connection = await create_conn(host, port, request_timeout_ms=_KNOCK_MS, **kafka.security)
            try:
                # One that wants a login answers nothing before it but which requests there are.
                await connection.send(MetadataRequest([]))
            finally:
                connection.close()
        except (KafkaError, OSError, TimeoutError) as error:
            if refusal := _refusal(error, kafka):
                raise KafkaRefusalError(f"Kafka at {host}:{port} {refusal}") from error
            reason = f"{host}:{port} {_reason(error, kafka)}"
        else:
            return
    raise KafkaConnectionError(reason)


def _refusal(error: Exception, kafka: KafkaAccess) -> str | None:
    """What will not change by itself; the password is in none of the driver's texts."""
    match error:
        case SaslAuthenticationFailed():
            return (
                f"does not accept the user {kafka.username!r} with this password by {kafka.mechanism}: "
                "see ORDERFLOW_KAFKA_USERNAME, _PASSWORD and _SASL_MECHANISM"
            )
        case UnsupportedSaslMechanismError() | IllegalSaslStateError():
            return (
                f"lets nobody in by {kafka.protocol} and {kafka.mechanism}: "
                "see ORDERFLOW_KAFKA_SECURITY_PROTOCOL and _SASL_MECHANISM"
            )
        case ssl.SSLCertVerificationError():
            return f"shows a certificate that is not trusted: {error.verify_message}: see ORDERFLOW_KAFKA_CA_FILE"
        case ssl.SSLError() if not isinstance(error, _HANGS_UP):
            return (
                f"and we do not agree on TLS: {error.reason}: "
                "see ORDERFLOW_KAFKA_SECURITY_PROTOCOL, _CERT_FILE and _KEY_FILE"
            )
    return None


def _reason(error: Exception, kafka: KafkaAccess) -> str:
    if not isinstance(error, _HANGS_UP):
        return f"does not answer: {error!r}"
    certificate = ", and a certificate (ORDERFLOW_KAFKA_CERT_FILE)?" if kafka.tls else "?"
    return f"hangs up: does it expect ORDERFLOW_KAFKA_SECURITY_PROTOCOL={kafka.protocol}{certificate}"
