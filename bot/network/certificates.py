"""Which certificate authorities are trusted: those of the system, or those of SSL_CERT_FILE."""

import ssl
from pathlib import Path


def trusting(file: Path | None) -> ssl.SSLContext:
    """Return how TLS connections are verified; raises OSError where the file holds none.

    OpenSSL would read the variable itself, but not where `.env` sets it.
    """
    return ssl.create_default_context(cafile=None if file is None else str(file))
