"""The ids of a command: a hash of what is asked of which resource under which key, so that a retry is recognised."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp.web import Request

from orderflow.wire.problems import malformed_header
from web.access.principals import principal_of
from web.facade import facade_of
from web.http.refusals import RefusedError

QUOTED = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"')
BARE = re.compile(r"[\x21\x23-\x7e]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An idempotency key: the client's, or one made for a request that brought none; each principal has its own."""

    value: str
    given: bool
    principal: str = ""

    def ids(self, method: str, route: str, subject: str) -> tuple[str, str]:
        """An order id and a command id; `subject` is the order's or, for a creation, the client's id, or a number."""
        digest = self._digest(method, route, subject)
        return f"ord_{digest[:32]}", f"cmd_{digest[32:]}"

    def job_id(self, method: str, route: str) -> str:
        return f"job_{self._digest(method, route, 'job')[:32]}"

    def _digest(self, *asked: str) -> str:
        return hashlib.sha256("\n".join([self.principal, *asked, self.value]).encode()).hexdigest()


def key_of(request: Request) -> Key:
    """The key under which this request, and a retry of it, is known."""
    headers = request.headers.getall("Idempotency-Key", ())
    return read_key(headers, facade_of(request).new_key, principal_of(request).name)


def read_key(headers: Sequence[str], new_key: Callable[[], str], principal: str = "") -> Key:
    """`Idempotency-Key`, quoted or bare."""
    if not headers:
        return Key(value=new_key(), given=False, principal=principal)
    quoted, bare = QUOTED.fullmatch(headers[0]), BARE.fullmatch(headers[0])
    if len(headers) > 1 or not (quoted or bare):
        raise RefusedError(malformed_header("Idempotency-Key", "has to be one word of 1 to 255 printable characters"))
    return Key(value=quoted[1] if quoted else headers[0], given=True, principal=principal)
