"""Chooses the proxy for a request by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.

Every request of the bot uses this module, so Slack, gateways and monitors follow one rule.
"""

import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

_SUFFIX = "_proxy"
_LOOPBACK: Final = "localhost,127.0.0.0/8,::1"
_CERTIFICATES, _CERTIFICATES_OF_REQUESTS = "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"
_ASKED = frozenset({"http_proxy", "https_proxy", "all_proxy"})
_SCHEMES = frozenset({"http", "https"})
_AS = {"ws": "http", "wss": "https"}
"""A WebSocket begins as an HTTP request and uses the same proxy."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies of an environment. Their URLs may hold passwords, so the repr shows none."""

    _named: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Proxies":
        """Read the variables as urllib and curl do: lower case wins, empty means no proxy."""
        upper_first = sorted(environment.items(), key=lambda item: item[0].islower())
        named = {
            name.lower().removesuffix(_SUFFIX): value.strip()
            for name, value in upper_first
            if name.lower().endswith(_SUFFIX)
        }
        return cls(MappingProxyType(named))

    def for_libraries(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the variables to set for libraries that read the process's own environment.

        Gateways use Apprise and requests, which take neither proxies nor certificates as
        arguments. They too reach loopback without a proxy. requests has its own name for the
        certificate file.
        """
        found = {f"{name}{_SUFFIX}": value for name, value in self._named.items()}
        if found:
            said = self._named.get("no", "")
            found["no_proxy"] = f"{said},{_LOOPBACK}" if said else _LOOPBACK
        if file := environment.get(_CERTIFICATES):
            found[_CERTIFICATES] = file
            found[_CERTIFICATES_OF_REQUESTS] = environment.get(_CERTIFICATES_OF_REQUESTS) or file
        return found

    def proxy_for(self, url: str) -> str | None:
        """Return the proxy for a request to this address; None to connect directly.

        Loopback never uses a proxy: on a proxy elsewhere, it would mean the proxy's own machine.
        """
        parts = urlsplit(url)
        scheme = _AS.get(parts.scheme, parts.scheme)
        proxy = self._named.get(scheme, self._named.get("all", ""))
        if not proxy or _is_loopback(parts.hostname or "") or self._bypasses(parts):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    def _bypasses(self, parts: SplitResult) -> bool:
        host = parts.netloc.rpartition("@")[2]
        named = {"no": self._named.get("no", "")}
        # The type stubs do not have this function.
        return bool(urllib.request.proxy_bypass_environment(host, named))  # type: ignore[attr-defined]


def unusable_proxy(environment: Mapping[str, str]) -> str | None:
    """Return a sentence about the first proxy that cannot work; None if there is none.

    The sentence does not quote the address: it may hold a password.
    """
    for name, value in environment.items():
        if name.lower() not in _ASKED or not value.strip():
            continue
        scheme, given, rest = value.strip().partition("://")
        if given and scheme.lower() not in _SCHEMES:
            return (
                f"{name} names a proxy of the kind '{scheme[:20]}://': the bot can use only "
                "http:// and https:// proxies."
            )
        if not _names_host(rest if given else scheme):
            return f"{name} does not name a proxy: write it like http://proxy.example.com:3128."
    return None


def _names_host(address: str) -> bool:
    try:
        parts = urlsplit(f"//{address}")
        return bool(parts.hostname) and parts.port != 0 and address.isprintable()
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified
