"""Which certificate authorities are trusted: those of the system, or those of SSL_CERT_FILE."""

import ssl
from functools import cache
from pathlib import Path


def trusting(file: Path | None) -> ssl.SSLContext:
    """Return how TLS connections are verified; raises OSError where the file holds none.

    OpenSSL would read the variable itself, but not where `.env` sets it.
    """
    return _of_the_system() if file is None else ssl.create_default_context(cafile=str(file))


@cache
def _of_the_system() -> ssl.SSLContext:
    """To read them all takes longer than the rest of a connection."""
    return ssl.create_default_context()
