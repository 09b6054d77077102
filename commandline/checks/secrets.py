"""Checks for secrets that others can read."""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.configuration.settings import Settings
from commandline.checks.findings import Finding, warn

CHECK = "settings"
SETTINGS_FILE = Path(".env")
_OTHERS = 0o077


def exposure_findings(settings: Settings) -> Iterator[Finding]:
    """Check for addresses without TLS, and the permissions of the file with the secrets."""
    for setting, address, consequence in (
        ("PUBLIC_URL", settings.public_url, "acknowledge with the links that people follow"),
        ("SLACK_API_URL", settings.api_url, "use the bot token"),
        ("HEARTBEAT_URL", settings.watch.heartbeat_url, "send heartbeats while the bot is down"),
    ):
        if address is not None and _is_open(address):
            yield warn(
                CHECK,
                f"{setting} begins with http://: anyone on the network in between can read it, "
                f"and {consequence}",
                "Use an address that begins with https://.",
            )
    yield from file_findings(SETTINGS_FILE)


def file_findings(path: Path) -> Iterator[Finding]:
    """Warn if other users may read the file. Its owner does not matter."""
    if path.is_file() and path.stat().st_mode & _OTHERS:
        yield warn(
            CHECK,
            f"other users of this machine may read {path}, which holds secrets",
            f"Remove that permission: chmod 600 {path}",
        )


def _is_open(address: str) -> bool:
    """Whether an address has no TLS and is not on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "http" and not _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
