"""Connection strings that a driver refuses, told without what stands in them: it may be a part of the password."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr


class UnusableUrlError(ValueError):
    """The message says why, and shows nothing of the URL but the name of a file."""


@contextmanager
def url_refusals_told() -> Iterator[None]:
    """Around whatever makes a driver read its URL."""
    try:
        yield
    except OSError as error:
        raise UnusableUrlError(f"a file that its options name cannot be used: {error}") from None
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own for this
        raise UnusableUrlError(
            f"it cannot be read ({type(error).__name__}): options have to be known to the driver, and in user and "
            "password / ? # [ ] @ : % are written as %2F %3F %23 %5B %5D %40 %3A %25"
        ) from None


def start_or_name(variable: str) -> str:
    """What to do where a server gives no answer."""
    return f"start it (`orderflow up`, `orderflow stack up`) or name another in {variable}"


def address_of(url: SecretStr) -> str:
    """Host and port alone: user, password and options stay unseen."""
    text = url.get_secret_value()
    authority, _, rest = (text.partition("://")[2] or text).replace("?", "/", 1).partition("/")
    # An unescaped slash in a password would show a part of it.
    return "the address given" if "@" in rest and "@" not in authority else authority.rpartition("@")[2]
