"""Pages outside Slack: the message that goes by e-mail or SMS, and the web page behind its link."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache

from bot.domain.errors import (
    AlreadyHandled,
    NotFound,
    PerhapsStored,
    RoleUnknown,
    StoreUnavailable,
)
from bot.domain.outside import LinkedPage, OutsideExhausted, OutsidePage
from bot.render.desk import Desk
from bot.render.words import TEMPLATES

_STYLE = TEMPLATES / "outside.css"


@dataclass(frozen=True, slots=True)
class Written:
    """What a gateway is handed. Plain text: an SMS knows nothing else."""

    subject: str
    body: str


@cache
def style() -> str:
    """What stands within `<style>`: the page loads nothing."""
    return _STYLE.read_text(encoding="utf-8")


@cache
def style_source() -> str:
    """The style's hash, as Content-Security-Policy takes it: no other style is applied."""
    digest = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def written(desk: Desk, page: OutsidePage, link: str | None) -> Written:
    """Say who is needed and how to acknowledge: by `link`, or without one in Slack."""
    return Written(
        desk.plain("outside", "subject", page=page),
        desk.plain("outside", "message", page=page, link=link, severe=_severe(desk, page)),
    )


def exhausted(desk: Desk, view: OutsideExhausted) -> Written:
    """Say that no one of a team has acknowledged, to the people who must act on it."""
    return Written(
        desk.plain("outside", "exhausted_subject", view=view),
        desk.plain("outside", "exhausted_message", view=view),
    )


def trial(desk: Desk) -> Written:
    """The message that tests a way outside Slack."""
    return Written(desk.plain("outside", "trial_subject"), desk.plain("outside", "trial_message"))


def linked_page(desk: Desk, view: LinkedPage, *, just_now: bool = False) -> str:
    """Show a page as it stands, with one button where there is something to press."""
    stands, severe = f"stands_{view.standing.value}", _severe(desk, view.page)
    said = desk.words.html("outside", stands, view=view, just_now=just_now, severe=severe)
    return _whole(desk, said, view.page)


def expired(desk: Desk) -> str:
    return _whole(desk, desk.words.html("outside", "expired"), None)


def refused(desk: Desk, error: Exception | None = None) -> str:
    """Say why a link does not work, and what would."""
    return _whole(desk, desk.words.html("outside", _block_for(error), desk=desk), None)


def _severe(desk: Desk, page: OutsidePage) -> str:
    return desk.aggravating(page.criteria, page.affected)


def _block_for(error: Exception | None) -> str:
    match error:
        case None | NotFound():
            return "bad_link"
        case PerhapsStored():
            return "perhaps_stored"
        case StoreUnavailable():
            return "not_stored"
        case RoleUnknown():
            return "role_unknown"
        case AlreadyHandled():
            return "used"
        case _:
            return "not_permitted"


def _whole(desk: Desk, said: str, page: OutsidePage | None) -> str:
    return desk.words.html("outside", "whole", said=said, page=page, style=style())
