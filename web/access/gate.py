"""Lets nobody in whose credentials are not valid, and bears those who try."""

import logging
import math
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp.web import Request

from orderflow.access.authenticator import Authenticator
from orderflow.access.errors import CredentialsRefusedError, CredentialsUncheckedError
from orderflow.access.ports import RateLimiter
from orderflow.access.principal import Principal
from orderflow.access.rates import Buckets, Rate
from orderflow.access.sparing_log import SparingLog
from orderflow.wire.access_problems import rate_limited
from orderflow.wire.problems import unavailable
from web.access.credentials import credential_of, unidentified
from web.facade import Gate
from web.http.refusals import RETRY_AFTER, RefusedError

log = logging.getLogger(__name__)

FAILURES_AT_ONCE = 20


class CredentialGate:
    """A Gate. Who is known goes through; who is not, and was refused from there too often, is not even looked at.

    `failures_per_second` are those of one address; 0 stands for any number.
    """

    def __init__(
        self, authenticator: Authenticator, *, failures_per_second: float, monotonic: Callable[[], float]
    ) -> None:
        self._authenticator = authenticator
        self._failures = (
            Buckets(Rate(failures_per_second, FAILURES_AT_ONCE), monotonic) if failures_per_second else None
        )
        self._log = SparingLog(log, monotonic)

    async def principal(self, request: Request) -> Principal:
        credential = credential_of(request)
        return self._authenticator.remembered(credential) or await self._found(credential, neighbourhood(request))

    async def check(self, request: Request) -> None:
        await self.principal(request)

    async def charge(self, _principal: Principal, _times: int) -> None: ...

    async def _found(self, credential: str, peer: str) -> Principal:
        if self._failures and not self._authenticator.has_known(credential):
            raise_limited(self._failures.wait(peer))
        try:
            return await self._authenticator.principal(credential)
        except CredentialsRefusedError as refusal:
            if self._failures:
                self._failures.owe(peer, 1)  # However many were looked at meanwhile.
            self._log.warning(f"credentials are refused: {refusal}", peer)
            raise unidentified(str(refusal)) from refusal
        except CredentialsUncheckedError as error:
            self._log.warning(f"credentials cannot be checked: {error} is away", peer)
            raise RefusedError(unavailable(str(error)), RETRY_AFTER) from error


class LimitedGate:
    """A Gate that lets each principal through only so often."""

    def __init__(self, gate: Gate, limiter: RateLimiter) -> None:
        self._gate = gate
        self._limiter = limiter

    async def principal(self, request: Request) -> Principal:
        principal = await self._gate.principal(request)
        raise_limited(await self._limiter.take(principal.name))
        return principal

    async def check(self, request: Request) -> None:
        await self._gate.check(request)

    async def charge(self, principal: Principal, times: int) -> None:
        await self._limiter.owe(principal.name, times)


def raise_limited(seconds: float) -> None:
    """429 where there is something to wait for."""
    if seconds:
        raise RefusedError(rate_limited(), {"Retry-After": str(math.ceil(seconds))})


def neighbourhood(request: Request) -> str:
    """The address that a request comes from; of IPv6 the network, in which one machine has any number of them."""
    remote = request.remote or ""
    try:
        address = ip_address(remote)
    except ValueError:
        return remote
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(ip_network((int(address), 64), strict=False))
    return remote
