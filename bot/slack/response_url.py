"""Answers a request through its response_url, but only at Slack's own hosts.

The address comes with the request. An address elsewhere would leak the answer.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.network.proxies import Proxies

log = logging.getLogger(__name__)

_SLACK = re.compile(r"([a-z0-9-]+\.)*slack(-gov)?\.com")
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?(/[!-~]*)?",
    re.IGNORECASE,
)
"""No user and no backslash before the path: programs disagree about the host of such addresses."""


@dataclass(frozen=True, slots=True)
class ResponseUrls:
    """Posts answers over the shared session, without a retry, so that an answer comes once."""

    session: aiohttp.ClientSession
    api_url: str
    proxies: Proxies = field(default_factory=Proxies)

    async def post(self, url: str | None, message: Mapping[str, Any]) -> bool:
        """Post an answer; False if Slack did not accept it, or there is no usable address."""
        if not url:
            return False
        if not leads_to_slack(url, self.api_url):
            log.warning(
                "A request's response_url does not lead to Slack; the answer is sent as a message",
                extra={"host": _host(url)},
            )
            return False
        given = {name: value for name, value in message.items() if value is not None}
        proxy = self.proxies.proxy_for(url)
        try:
            # Follow no redirect: its target has not been checked.
            sent = self.session.post(url, json=given, allow_redirects=False, proxy=proxy)
            async with sent as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError, ValueError):
            return False


def leads_to_slack(url: str, api_url: str) -> bool:
    """Tell whether the address is on Slack's hosts, or on the host where this bot calls Slack."""
    given, api = _ADDRESS.fullmatch(url), _ADDRESS.fullmatch(api_url)
    if given is None:
        return False
    host = given["host"].lower()
    if _SLACK.fullmatch(host):
        return given["scheme"].lower() == "https" and given["port"] in (None, "443")
    return api is not None and _origin(given) == _origin(api)


def _origin(address: re.Match[str]) -> tuple[str, str]:
    return address["scheme"].lower(), address["host"].lower()


def _host(url: str) -> str:
    """Return the part of an address that may be logged; the rest is a secret."""
    found = _ADDRESS.fullmatch(url)
    return found["host"][:100] if found else "unreadable"
