"""Settings become keys, their stores and limits."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from orderflow.access.api_keys import digest_of
from orderflow.access.authenticator import Authenticator
from orderflow.access.ports import KeySource, RateLimiter
from orderflow.access.principal import Principal, Scope
from orderflow.access.rates import Rate
from orderflow.access.token_keys import key_set, public_key, secret_key
from orderflow.access.tokens import TokenRules
from orderflow.adapters import key_sets
from orderflow.adapters.fixed_keys import FixedKeys
from orderflow.adapters.key_sets import KeySet
from orderflow.adapters.mongo_api_keys import MongoApiKeys
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_rate_limiter import RedisRateLimiter
from orderflow.bootstrap import RefusedStartError
from orderflow.settings import Settings


def authenticator(settings: Settings, connection: MongoConnection) -> Authenticator:
    """Raises RefusedStartError where a key cannot be read."""
    key = settings.api_key.get_secret_value()
    everything = Principal(name="static", scopes=frozenset(Scope))
    return Authenticator(
        store=MongoApiKeys(connection),
        sources=list(key_sources(settings)),
        rules=TokenRules(
            audience=settings.jwt_audience or None,
            issuer=settings.jwt_issuer or None,
            scope_claim=settings.jwt_scope_claim,
            client_claim=settings.jwt_client_claim,
        ),
        fixed={digest_of(key): everything} if key else {},
        monotonic=time.monotonic,
        time=time.time,
    )


def rate_limiter(settings: Settings, connection: RedisConnection) -> RateLimiter | None:
    """None where nobody is limited."""
    if not settings.rate_limit:
        return None
    return RedisRateLimiter(connection, Rate(settings.rate_limit, settings.rate_burst), settings.redis_prefix)


def key_sources(settings: Settings) -> Iterator[KeySource]:
    """Raises RefusedStartError where a key cannot be read."""
    secret = settings.jwt_secret.get_secret_value()
    if secret:
        yield FixedKeys(secret_key(secret))
    try:
        if settings.jwt_public_key:
            yield FixedKeys(public_key(Path(settings.jwt_public_key).read_bytes()))
    except (OSError, ValueError) as error:
        raise RefusedStartError(f"ORDERFLOW_JWT_PUBLIC_KEY={settings.jwt_public_key}: {error}") from error
    if settings.jwt_jwks:
        yield _key_set(settings.jwt_jwks)


def _key_set(place: str) -> KeySource:
    """A file has to be there now; a URL may be away for the time being."""
    if urlsplit(place).scheme in ("http", "https"):
        return KeySet(key_sets.url(place), time.monotonic)
    path = Path(place)
    try:
        key_set(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RefusedStartError(f"ORDERFLOW_JWT_JWKS={place}: {error}") from error
    return KeySet(key_sets.file(path), time.monotonic)
