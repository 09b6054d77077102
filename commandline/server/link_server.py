"""Serves the web page behind a link that went out by e-mail or SMS.

A GET never acknowledges: mail scanners and previews fetch every link. The button's POST does.
"""

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.domain.errors import (
    AlreadyAcknowledged,
    AlreadyHandled,
    NothingToAcknowledge,
    NotYours,
    Refused,
    RoleUnknown,
    StoreUnavailable,
)
from bot.domain.fallback.views_outside_slack import LinkedPage, LinkStatus
from bot.domain.fallback.ways import BadLink, Link, Links
from bot.render.fallback import outside_slack
from bot.render.wording import Wording
from bot.services.fallback import link_page
from handlers.shell import Shell

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(shell: Callable[[], Shell], secret: str) -> Endpoint:
    """Return the endpoint for `/ack/…`. `secret` is the key that signed the links."""
    links = Links(secret)

    async def acknowledge(request: Request) -> Response:
        return await _Visit(shell(), request).answered(links)

    return acknowledge


class _Visit:
    """One request: a person follows a link or presses its button."""

    def __init__(self, shell: Shell, request: Request) -> None:
        self._shell = shell
        self._token = str(request.path_params["token"])
        self._pressed = request.method == "POST"

    @property
    def _wording(self) -> Wording:
        return self._shell.wording

    async def answered(self, links: Links) -> Response:
        """Answer with a page that says what happened and what to do, in every case."""
        try:
            link = links.read(self._token)
        except BadLink:
            return _page(outside_slack.refused(self._wording), 404)
        try:
            return await self._shown(link)
        except NotYours as error:
            return _page(outside_slack.refused(self._wording, error), 404)
        except StoreUnavailable as error:
            log.error("The database does not answer a person who acknowledges by a link")
            return _page(outside_slack.refused(self._wording, error), 503)
        except RoleUnknown as error:
            return _page(outside_slack.refused(self._wording, error), 503)
        except Refused as error:
            return _page(outside_slack.refused(self._wording, error), 403)

    async def _shown(self, link: Link) -> Response:
        # Check this before any look-up: an old message may have ended up anywhere.
        if link.expires_at <= self._shell.now():
            return _page(outside_slack.expired(self._wording), 410)
        view = await self._look(link)
        if view.standing is not LinkStatus.WAITING:
            return self._standing(view)
        return await self._press(link) if self._pressed else self._standing(view)

    async def _press(self, link: Link) -> Response:
        shell = self._shell
        try:
            taken = await shell.threads.write(
                link_page.acknowledge,
                shell.db,
                shell.policy,
                link,
                shell.now(),
                roles_known=shell.roles_known(),
            )
        except (AlreadyAcknowledged, NothingToAcknowledge):
            # Another person was faster. The current page says so.
            return self._standing(await self._look(link))
        except AlreadyHandled as error:
            view = await self._look(link)
            if view.standing is LinkStatus.WAITING:
                return _page(outside_slack.refused(self._wording, error), 409)
            return self._standing(view)
        shell.acknowledged(taken)
        return self._standing(await self._look(link), just_now=True)

    async def _look(self, link: Link) -> LinkedPage:
        shell = self._shell
        known = shell.roles_known()
        return await shell.threads.read(
            link_page.look, shell.db, shell.policy, link, shell.now(), roles_known=known
        )

    def _standing(self, view: LinkedPage, *, just_now: bool = False) -> Response:
        return _page(outside_slack.linked_page(self._wording, view, just_now=just_now), 200)


def _page(html: str, status: int) -> Response:
    """A page that is not cached or framed, loads nothing, and passes its link to no other site."""
    policy = (
        f"default-src 'none'; style-src {outside_slack.style_source()}; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }
    return HTMLResponse(html, status, headers)
