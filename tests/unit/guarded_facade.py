"""A gate that asks for credentials, before a facade on the loop."""

import secrets

from aiohttp import ClientResponse

from orderflow.access.api_keys import digest_of, new_key
from orderflow.access.authenticator import Authenticator
from orderflow.access.principal import Principal, Scope
from orderflow.access.token_keys import secret_key
from orderflow.adapters.fixed_keys import FixedKeys
from orderflow.adapters.memory_api_keys import InMemoryApiKeys
from tests.builders import NOW
from tests.unit.clocks import Clock
from tests.unit.token_forge import RULES, SECRET, claims
from web.access.gate import CredentialGate

STATIC = "the-key-that-stands-in-the-settings"


class Guarded:
    """A gate over a store in memory, and the clock of its limits."""

    def __init__(self, failures_per_second: float = 0.0) -> None:
        self.clock = Clock()
        self.store = InMemoryApiKeys()
        authenticator = Authenticator(
            store=self.store,
            sources=[FixedKeys(secret_key(SECRET))],
            rules=RULES,
            fixed={digest_of(STATIC): Principal(name="static", scopes=frozenset(Scope))},
            monotonic=self.clock,
            time=lambda: claims()["iat"],
        )
        self.gate = CredentialGate(authenticator, failures_per_second=failures_per_second, monotonic=self.clock)

    async def key(self, *scopes: Scope, client_id: str | None = None) -> str:
        key, kept = new_key(
            name="test", scopes=frozenset(scopes), client_id=client_id, now=NOW, random=secrets.token_bytes
        )
        await self.store.add(kept)
        return key


def bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


async def type_of(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["type"]
