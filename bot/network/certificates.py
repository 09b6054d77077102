"""The certificate authorities that the bot trusts: the system's, or those in SSL_CERT_FILE."""

import ssl
from functools import cache
from pathlib import Path


def trusting(file: Path | None) -> ssl.SSLContext:
    """Return the context that verifies TLS; raises OSError if the file has no certificate.

    OpenSSL reads SSL_CERT_FILE by itself, but not if only `.env` sets it.
    """
    return _of_the_system() if file is None else ssl.create_default_context(cafile=str(file))


@cache
def _of_the_system() -> ssl.SSLContext:
    """Cached: reading all certificates takes longer than the rest of a connection."""
    return ssl.create_default_context()
