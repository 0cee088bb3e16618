"""What the facade does not start with: settings that would leave it more open than somebody means it to be."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from orderflow.access.token_keys import MIN_SECRET_BYTES
from orderflow.bootstrap import RefusedStartError
from orderflow.gate.opening import key_sources
from orderflow.settings import Settings

_MIN_KEY = 32
_CREDENTIALS = ("api_key", "jwt_secret", "jwt_public_key", "jwt_jwks")


def refuse_gaps(settings: Settings) -> None:
    """Raises RefusedStartError where a facade would be more open than somebody means it to be."""
    for refusal in _gaps(settings) if settings.auth == "on" else _open_doors(settings):
        raise RefusedStartError(refusal)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it; a name other than localhost may mean anything."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _open_doors(settings: Settings) -> Iterator[str]:
    for name in _given(settings, _CREDENTIALS):
        yield f"{name} is set, but with ORDERFLOW_AUTH=off nobody is asked for credentials: set ORDERFLOW_AUTH=on"
    if not settings.insecure and not is_loopback(settings.http_host):
        yield (
            f"ORDERFLOW_HTTP_HOST={settings.http_host} would let anybody in: set ORDERFLOW_AUTH=on, "
            "or ORDERFLOW_INSECURE=1 where something else keeps strangers out"
        )


def _gaps(settings: Settings) -> Iterator[str]:
    key, secret = settings.api_key.get_secret_value(), settings.jwt_secret.get_secret_value()
    if key and (len(key) < _MIN_KEY or not key.isascii() or not key.isprintable() or " " in key):
        yield f"ORDERFLOW_API_KEY has to be one word of {_MIN_KEY} characters or more"
    if secret and len(secret.encode()) < MIN_SECRET_BYTES:
        yield f"ORDERFLOW_JWT_SECRET has to be of {MIN_SECRET_BYTES} bytes or more"
    for name in _given(settings, ("jwt_public_key", "jwt_jwks")) if not settings.jwt_audience else ():
        yield f"ORDERFLOW_JWT_AUDIENCE has to be set with {name}: those keys may sign for others, too"
    for name in _given(settings, ("jwt_audience", "jwt_issuer")) if not any(_given(settings, _CREDENTIALS[1:])) else ():
        yield f"{name} is set, but nothing that verifies tokens: ORDERFLOW_JWT_SECRET, _PUBLIC_KEY or _JWKS"
    if _is_plain(settings.jwt_jwks) and not settings.insecure:
        yield "ORDERFLOW_JWT_JWKS has to be fetched with https: on the way anybody could put in a key of his own"
    list(key_sources(settings))


def _given(settings: Settings, names: tuple[str, ...]) -> Iterator[str]:
    """Those variables that have a value."""
    unset = (name for name in names if getattr(settings, name) != Settings.model_fields[name].default)
    yield from (f"ORDERFLOW_{name.upper()}" for name in unset)


def _is_plain(place: str) -> bool:
    parts = urlsplit(place)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")
