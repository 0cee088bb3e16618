"""One request and its answer, tried again for as long as its time allows, and only where that can help."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientSSLError, ClientTimeout, InvalidURL, TCPConnector
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_before_delay, wait_random_exponential

from orderflow.client.decoding import decoded
from orderflow.client.errors import OrderflowError, UnreachableError
from orderflow.client.refusals import pause_of, refusal

Token = str | Callable[[], Awaitable[str]]
"""A token, or what gives one that is still valid."""

MAX_WAIT_SECONDS = 30
"""What the facade waits at most for one request."""
_SLACK_SECONDS = 15.0
"""How long an answer may take beyond what the facade was asked to wait."""
_STREAMING = ClientTimeout(total=None, sock_connect=_SLACK_SECONDS, sock_read=60.0)
"""A stream shows signs of life every 15 seconds."""
_EVENTS = "text/event-stream"
_PASSING = frozenset({429, 502, 503, 504})
_REDIRECTION = 300
_CONTENT = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked; the same again under the same `Idempotency-Key` has one effect.

    `waits`: the facade may wait for the outcome. `seconds`: the call may take so long, not what is usual.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A success."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def retry_after(self) -> float:
        return pause_of(self.headers, otherwise=1.0)


class Exchange:
    """Sends requests to one facade, each until a deadline of the running loop's clock; raises OrderflowError."""

    def __init__(self, base_url: str, *, api_key: str | None, token: Token | None) -> None:
        self._base = base_url.rstrip("/")
        self._api_key = api_key
        self._token = token
        self._calls: ClientSession | None = None
        self._streams: ClientSession | None = None

    async def start(self) -> None:
        """Streams have connections of their own: as many as a session shares would leave none for calls."""
        self._calls = ClientSession()
        self._streams = ClientSession(connector=TCPConnector(limit=0))

    async def stop(self) -> None:
        for session in (self._calls, self._streams):
            if session:
                await session.close()

    async def send(self, request: Request, deadline: float) -> Answer:
        """Tried again on failing connections, 429, 502, 503 and 504, and not before `Retry-After` says so."""
        answer: Answer = await _retrying(deadline)(self._once, request, deadline)
        return answer

    async def listen(self, request: Request, deadline: float) -> ClientResponse:
        """A stream of events that has begun, tried again as others are; who asked closes it."""
        begun: ClientResponse = await _retrying(deadline)(self._listen_once, request)
        return begun

    async def _begun(
        self, session: ClientSession | None, request: Request, limits: ClientTimeout, **headers: str
    ) -> ClientResponse:
        """The answer's beginning, a refusal's too; who asked closes it. Raises UnreachableError."""
        if session is None:
            raise RuntimeError("use the client as `async with OrderflowClient(...) as orderflow:`")
        try:
            return await session.request(
                request.method,
                f"{self._base}{request.path}",
                params=request.query,
                data=None if request.body is None else json.dumps(request.body, default=datetime.isoformat).encode(),
                headers={**_CONTENT, **await self._credentials(), **request.headers, **headers},
                # Credentials are for this facade alone.
                allow_redirects=False,
                timeout=limits,
            )
        except InvalidURL:
            raise
        except (ClientError, TimeoutError, OSError) as error:
            raise UnreachableError.after(error) from error

    async def _once(self, request: Request, deadline: float) -> Answer:
        remaining = max(0.001, deadline - asyncio.get_running_loop().time())
        # So that the facade's answer comes before this call gives up.
        wait = min(max(0, int(remaining) - 1), MAX_WAIT_SECONDS) if request.waits else 0
        preference = {"Prefer": f"wait={wait}"} if request.waits else {}
        async with await self._begun(
            self._calls, request, ClientTimeout(total=min(remaining, wait + _SLACK_SECONDS)), **preference
        ) as response:
            body = await _whole(response)
        if response.status >= _REDIRECTION:
            raise refusal(response, body)
        try:
            return Answer(status=response.status, headers=response.headers, body=decoded(body))
        except ValueError as error:
            raise refusal(response, body) from error

    async def _listen_once(self, request: Request) -> ClientResponse:
        response = await self._begun(self._streams, request, _STREAMING, Accept=_EVENTS)
        if response.status < _REDIRECTION and response.content_type == _EVENTS:
            return response
        async with response:
            raise refusal(response, await _whole(response))

    async def _credentials(self) -> Mapping[str, str]:
        if self._api_key is not None:
            return {"X-API-Key": self._api_key}
        if self._token is None:
            return {}
        token = self._token if isinstance(self._token, str) else await self._token()
        return {"Authorization": f"Bearer {token}"}


async def _whole(response: ClientResponse) -> bytes:
    try:
        return await response.read()
    except (ClientError, TimeoutError, OSError) as error:
        raise UnreachableError.after(error) from error


def _retrying(deadline: float) -> AsyncRetrying:
    remaining = max(0.0, deadline - asyncio.get_running_loop().time())
    return AsyncRetrying(
        retry=retry_if_exception(_may_pass), wait=_pause, stop=stop_before_delay(remaining), reraise=True
    )


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, UnreachableError):
        return not isinstance(error.__cause__, ClientSSLError)
    if not isinstance(error, OrderflowError):
        return False
    # A retry that does not wait may arrive while the first request is still on its way.
    return error.problem["status"] in _PASSING or error.problem["type"] == "idempotency-in-progress"


_backoff = wait_random_exponential(multiplier=0.2, max=5)


def _pause(state: RetryCallState) -> float:
    """Full jitter on top of what the facade asks for, so that many clients do not come back at once."""
    error = state.outcome.exception() if state.outcome else None
    return (error.retry_after if isinstance(error, OrderflowError) else 0.0) + _backoff(state)
