"""A person may not do this, or may not read that: roles, and requests for access."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors.base import Refused, TocsinError


class Stranger(TocsinError):
    """Slack has not told us of this person yet; nothing was changed, and Slack is to be asked."""


@dataclass(eq=False)
class Undescribed(Refused):
    """Slack does not say, now, who it is that acts, or `person`: their role is not known."""

    person: str | None = None


@dataclass(eq=False)
class RoleUnknown(Refused):
    """A role may come from a user group that Slack has not told us of yet; `person`: whose."""

    person: str | None = None


@dataclass(eq=False)
class NotPermitted(Refused):
    """The person's role does not reach. `to`: a Deed, or what is refused besides."""

    needed: str
    has: str
    to: StrEnum


@dataclass(eq=False)
class MayNotTighten(NotPermitted):
    """Somebody makes an incident more confidential who does not answer for it.

    `yours`: they own it, but took that themselves.
    """

    owned: bool = True
    yours: bool = False


@dataclass(eq=False)
class MayOnlyRead(Refused):
    """Somebody who only reads a restricted incident asks for what lets others in. `ask`: who
    answers for it."""

    reference: str
    ask: str


@dataclass(eq=False)
class NoAccess(Refused):
    """The incident is restricted and the person is not invited. Carries nothing but the name."""

    reference: str
    incident_id: str


@dataclass(eq=False)
class NobodyToAsk(Refused):
    """Of those who are in a restricted incident nobody is left who could let somebody in."""

    reference: str


@dataclass(eq=False)
class AskedAlready(Refused):
    """A person's request for access is open; a second one would say nothing new."""

    reference: str
    at: datetime


@dataclass(eq=False)
class RefusedLately(Refused):
    """A person's request for access was refused; they may ask again from `until` on."""

    reference: str
    until: datetime


@dataclass(eq=False)
class AnsweredAlready(Refused):
    """Somebody was faster: a request is answered once. `by` and `at` say who did, and when."""

    reference: str
    person: str
    granted: bool
    by: str | None
    at: datetime


@dataclass(eq=False)
class CannotBeLetIn(Refused):
    """Whoever asked for access has left Slack since, or is a guest now."""

    person: str
