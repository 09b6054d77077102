"""What each deed takes: one table."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from bot.domain.act import Act, Role
from bot.domain.errors import MayNotTighten, NotPermitted, RoleUnknown


class Deed(StrEnum):
    """What people do; `deeds.j2` has the words of each."""

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
    """What a right is refused for that is no deed of its own."""

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
"""Done to what a person has or is asked for: nobody's role reaches further."""

LETS_OTHERS_IN = frozenset({Deed.PAGE, Deed.RAISE})
"""Pages people. To acknowledge lets a person in, so above standard this takes INVITE as well."""

TIGHTEN_WITHIN = timedelta(minutes=30)
"""So long whoever opened an incident may still make it restricted."""


def require_tighten(
    act: Act, *, owns: bool, opened_at: datetime | None, owner: str | None = None
) -> None:
    """Raise MayNotTighten unless this person may make an incident more confidential: its owner, a
    manager, or who opened it (then `opened_at` says when) within half an hour.

    `owns`: by what another person gave them. Who took the ownership alone has it for less.
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
    """Raise NotPermitted for whom neither the policy nor Slack vouches: the role that the deed
    takes, where it is known, for the lowest role may not be enough for it.
    """
    if act.role is not Role.NOBODY:
        return
    if deed is None:
        _refuse(act, Role.VIEWER, Besides.ANYTHING)
    _refuse(act, NEEDS[deed], deed)


def may(role: Role, deed: Deed, *, belongs: bool = False) -> bool:
    """Tell whether the role reaches; whoever belongs to the incident counts as a responder.

    Guests and external people (NOBODY) may do nothing, wherever they belong.
    """
    if belongs and role >= Role.VIEWER and deed not in ABOUT_NO_INCIDENT:
        role = max(role, Role.RESPONDER)
    return role >= NEEDS[deed]


def require(act: Act, deed: Deed, *, belongs: bool = False) -> None:
    """Raise NotPermitted unless this person may."""
    if not may(act.role, deed, belongs=belongs):
        _refuse(act, NEEDS[deed], deed)


def may_let_in(role: Role, *, closed: bool, belongs: bool) -> bool:
    """Tell whether this person may do what lets others in; `closed`: only the invited read it."""
    return not closed or may(role, Deed.INVITE, belongs=belongs)


def _refuse(act: Act, needed: Role, to: Deed | Besides) -> NoReturn:
    """Nobody is told that they have no role while it is not known."""
    if act.unsure and not act.kept_out:
        raise RoleUnknown
    raise NotPermitted(needed=needed.word, has=act.role.word, to=to)


def comes_to_belong(user: str, *, through: str, entitled: bool) -> bool:
    """Tell whether somebody belongs to an incident by what was given them `through` a person.

    Nobody raises their own rights, and nobody gives others more than they have themselves.
    """
    return entitled and user != through
