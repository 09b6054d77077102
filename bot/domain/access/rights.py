"""The role that each deed needs, in one table."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from bot.domain.act import Act, Role
from bot.domain.errors import MayNotTighten, NotPermitted, RoleUnknown


class Deed(StrEnum):
    """An action that needs a right. `deeds.j2` has the text for each."""

    READ = "read"
    OPEN = "open"
    NOTE = "note"
    REMIND = "remind"
    REQUEST_ACCESS = "request_access"
    ACKNOWLEDGE = "acknowledge"
    HAND_OVER = "hand_over"
    FINISH = "finish"
    PAGE = "page"
    UPDATE = "update"
    CORRECT = "correct"
    TASK = "task"
    DECIDE = "decide"
    INVITE = "invite"
    RAISE = "raise"
    LOWER = "lower"
    END = "end"
    DIGEST = "digest"


class Besides(StrEnum):
    """Rights that are not deeds, but that `NotPermitted` can name."""

    ANYTHING = "anything"
    TIGHTEN = "tighten"


NEEDS: dict[Deed, Role] = {
    Deed.READ: Role.VIEWER,
    Deed.OPEN: Role.MEMBER,
    Deed.NOTE: Role.MEMBER,
    Deed.REMIND: Role.MEMBER,
    Deed.REQUEST_ACCESS: Role.VIEWER,
    Deed.ACKNOWLEDGE: Role.VIEWER,
    Deed.HAND_OVER: Role.VIEWER,
    Deed.FINISH: Role.VIEWER,
    Deed.PAGE: Role.MEMBER,
    Deed.RAISE: Role.MEMBER,
    Deed.UPDATE: Role.RESPONDER,
    Deed.CORRECT: Role.RESPONDER,
    Deed.TASK: Role.RESPONDER,
    Deed.DECIDE: Role.RESPONDER,
    Deed.INVITE: Role.RESPONDER,
    Deed.LOWER: Role.RESPONDER,
    Deed.END: Role.RESPONDER,
    Deed.DIGEST: Role.MANAGER,
}


ABOUT_NO_INCIDENT = frozenset({Deed.OPEN, Deed.DIGEST})
ONLY_ONES_OWN = frozenset({Deed.ACKNOWLEDGE, Deed.HAND_OVER, Deed.FINISH})
"""These apply only to a person's own pages and parts. No role extends them to other people's."""

LETS_OTHERS_IN = frozenset({Deed.PAGE, Deed.RAISE})
"""These page people, and a person who acknowledges gets in. Above the standard tier they therefore
need INVITE as well."""

TIGHTEN_WITHIN = timedelta(minutes=30)
"""How long the person who opened an incident may make it restricted."""


def require_tighten(
    act: Act, *, owns: bool, opened_at: datetime | None, owner: str | None = None
) -> None:
    """Raise MayNotTighten unless this person may make an incident more confidential.

    The owner, a manager, and for half an hour the person who opened it may do so. `opened_at` is
    set only if this person opened it. `owns`: the person owns the incident and belongs to it. An
    owner who only took the ownership does not belong, so they may not.
    """
    just_opened = opened_at is not None and act.now < opened_at + TIGHTEN_WITHIN
    if act.role < Role.MANAGER and not owns and not just_opened:
        raise MayNotTighten(
            Role.MANAGER.word,
            act.role.word,
            Besides.TIGHTEN,
            owned=owner is not None,
            yours=owner == act.user,
        )


def require_somebody(act: Act, deed: Deed | None = None) -> None:
    """Raise NotPermitted if neither the policy nor Slack vouches for this person.

    The error names the role that the deed needs, if the deed is known, because the lowest role
    may not be enough for it.
    """
    if act.role is not Role.NOBODY:
        return
    if deed is None:
        _refuse(act, Role.VIEWER, Besides.ANYTHING)
    _refuse(act, NEEDS[deed], deed)


def may(role: Role, deed: Deed, *, belongs: bool = False) -> bool:
    """Tell whether the role is enough. A person who belongs to the incident counts as a responder.

    Guests and external people (NOBODY) may do nothing, even where they belong.
    """
    if belongs and role >= Role.VIEWER and deed not in ABOUT_NO_INCIDENT:
        role = max(role, Role.RESPONDER)
    return role >= NEEDS[deed]


def require(act: Act, deed: Deed, *, belongs: bool = False) -> None:
    """Raise NotPermitted unless this person may, or RoleUnknown while their role is uncertain."""
    if not may(act.role, deed, belongs=belongs):
        _refuse(act, NEEDS[deed], deed)


def may_let_in(role: Role, *, closed: bool, belongs: bool) -> bool:
    """Tell whether this person may do what lets others in.

    `closed`: only invited people may read the incident.
    """
    return not closed or may(role, Deed.INVITE, belongs=belongs)


def _refuse(act: Act, needed: Role, to: Deed | Besides) -> NoReturn:
    """Raise NotPermitted, or RoleUnknown if the person may have a role that is not known yet."""
    if act.unsure and not act.kept_out:
        raise RoleUnknown
    raise NotPermitted(needed=needed.word, has=act.role.word, to=to, kept_out=act.kept_out)


def comes_to_belong(user: str, *, through: str, entitled: bool) -> bool:
    """Tell whether `user` belongs to an incident by a part that they got `through` a person.

    People cannot raise their own rights, or give others more rights than they have.
    """
    return entitled and user != through
