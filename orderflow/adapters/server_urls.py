"""Connection strings that a driver refuses, told without what stands in them: it may be a part of the password."""

from collections.abc import Iterator
from contextlib import contextmanager


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
