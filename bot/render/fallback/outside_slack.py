"""Pages outside Slack: the e-mail or SMS, and the web page behind its link."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache

from bot.domain.errors import (
    AlreadyHandled,
    NotFound,
    NotPermitted,
    PerhapsStored,
    RoleUnknown,
    StoreUnavailable,
)
from bot.domain.fallback.views_outside_slack import LinkedPage, OutsideExhausted, OutsidePage
from bot.render.text.templates import TEMPLATES
from bot.render.wording import Wording

_STYLE = TEMPLATES / "outside.css"


@dataclass(frozen=True, slots=True)
class FallbackText:
    """The text for a gateway. It is plain text, because an SMS can hold nothing else."""

    subject: str
    body: str


@cache
def style() -> str:
    """The content of `<style>`: the page loads no files."""
    return _STYLE.read_text(encoding="utf-8")


@cache
def style_source() -> str:
    """The style's hash as a Content-Security-Policy source, so browsers apply no other style."""
    digest = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def written(wording: Wording, page: OutsidePage, link: str | None) -> FallbackText:
    """Say who is needed and how to acknowledge: by `link`, or in Slack if there is none."""
    return FallbackText(
        wording.plain("outside_slack", "subject", page=page),
        wording.plain(
            "outside_slack", "message", page=page, link=link, severe=_severe(wording, page)
        ),
    )


def exhausted(wording: Wording, view: OutsideExhausted) -> FallbackText:
    """Tell the people who must act that no one on a team has acknowledged."""
    return FallbackText(
        wording.plain("outside_slack", "exhausted_subject", view=view),
        wording.plain("outside_slack", "exhausted_message", view=view),
    )


def trial(wording: Wording) -> FallbackText:
    """The message that tests a way outside Slack."""
    return FallbackText(
        wording.plain("outside_slack", "trial_subject"),
        wording.plain("outside_slack", "trial_message"),
    )


def linked_page(wording: Wording, view: LinkedPage, *, just_now: bool = False) -> str:
    """Show a page's current status, with one button if the reader can act."""
    stands, severe = f"stands_{view.standing.value}", _severe(wording, view.page)
    said = wording.words.html("outside_slack", stands, view=view, just_now=just_now, severe=severe)
    return _whole(wording, said, view.page)


def expired(wording: Wording) -> str:
    return _whole(wording, wording.words.html("outside_slack", "expired"), None)


def refused(wording: Wording, error: Exception | None = None) -> str:
    """Say why a link does not work, and what does."""
    kept_out = isinstance(error, NotPermitted) and error.kept_out
    values = {"wording": wording, "kept_out": kept_out}
    return _whole(wording, wording.words.html("outside_slack", _block_for(error), **values), None)


def _severe(wording: Wording, page: OutsidePage) -> str:
    return wording.aggravating(page.criteria, page.affected)


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


def _whole(wording: Wording, said: str, page: OutsidePage | None) -> str:
    return wording.words.html("outside_slack", "whole", said=said, page=page, style=style())
