"""What one process of a role is called where several are shown."""

import os
import socket

from orderflow.settings import Settings


def instance_name(role: str, settings: Settings) -> str:
    """`worker@HOST:PID`, or `worker@NAME` where ORDERFLOW_INSTANCE_ID gives it a lasting one. Kafka knows it so."""
    return f"{role}@{settings.instance_id or f'{socket.gethostname()}:{os.getpid()}'}"
