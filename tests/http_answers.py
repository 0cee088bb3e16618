"""What a role answers over HTTP, when it may not answer at all."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status 0: none came."""

    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


async def ask(method: str, url: str, *, seconds: float = 10.0, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=seconds)) as client,
            client.request(method, url, **options) as said,
        ):
            return Answer(status=said.status, body=await said.json(content_type=None), headers=dict(said.headers))
    except (ClientError, TimeoutError):
        return Answer()


async def status_of(url: str) -> int:
    return (await ask("GET", url)).status
