"""Errors about access: a person lacks a role or may not read an incident, and access requests."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors.base import Refused, TocsinError


class Stranger(TocsinError):
    """The bot does not know this person yet. Nothing has changed; ask Slack, then try again."""


@dataclass(eq=False)
class Undescribed(Refused):
    """Slack does not describe the actor (or `person`) at the moment, so their role is unknown."""

    person: str | None = None


@dataclass(eq=False)
class RoleUnknown(Refused):
    """The role of the actor (or `person`) may come from a user group that has never been read."""

    person: str | None = None


@dataclass(eq=False)
class NotPermitted(Refused):
    """The person's role is too low. `to`: a Deed or a Besides. `kept_out`: no role would help."""

    needed: str
    has: str
    to: StrEnum
    kept_out: bool = False


@dataclass(eq=False)
class MayNotTighten(NotPermitted):
    """A person who may not tighten an incident's tier tried to do so.

    `owned`: the incident has an owner. `yours`: this person is the owner, but took the ownership
    themselves.
    """

    owned: bool = True
    yours: bool = False


@dataclass(eq=False)
class MayOnlyRead(Refused):
    """A person who only reads a restricted incident tried something that lets others in.

    `ask`: the person who answers for the incident.
    """

    reference: str
    ask: str


@dataclass(eq=False)
class NoAccess(Refused):
    """The incident is restricted and the person is not invited. Carries only its name and id."""

    reference: str
    incident_id: str


@dataclass(eq=False)
class NobodyToAsk(Refused):
    """No one who is left in a restricted incident can let others in."""

    reference: str


@dataclass(eq=False)
class AskedAlready(Refused):
    """The person's request for access is still open. A second one would say nothing new."""

    reference: str
    at: datetime


@dataclass(eq=False)
class RefusedLately(Refused):
    """The person's request for access was refused. They may ask again from `until`."""

    reference: str
    until: datetime


@dataclass(eq=False)
class AnsweredAlready(Refused):
    """Another person answered this request first. `by` and `at`: who answered, and when."""

    reference: str
    person: str
    granted: bool
    by: str | None
    at: datetime


@dataclass(eq=False)
class CannotBeLetIn(Refused):
    """The person who asked for access has since left Slack or become a guest."""

    person: str
