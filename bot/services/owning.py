"""Ownership of an escalation: given by a person, or passed on and accepted."""

from typing import Any

from bot.domain.duework import DeliveryKind
from bot.domain.ids import UserId
from bot.domain.reasons import of_run
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.services import asked_instead
from bot.services.case import Case
from bot.services.losing_access import OWNS_NO_MORE, end_seat
from bot.services.standing import keep_true
from bot.store import requests
from bot.store.tables import PagingRun


def make_owner(case: Case, user: UserId, by: UserId, *, aloud: bool = False) -> None:
    """Make someone the owner; they are invited, and told unless they did it themselves.

    Update reminders go to the owner, and start anew with this one.
    """
    before = case.incident.owner
    moved: dict[str, Any] = {"from": before, "to": user}
    case.change(owner=user)
    case.record(EntryKind.OWNER, aloud=aloud, **moved)
    # What the owner before has snoozed or stopped was theirs.
    case.expect_update()
    case.give_to(user)
    if user != by:
        key = f"assigned:{case.id}:{case.incident.entries}:{user}:{case.act.now.timestamp()}"
        case.tell(DeliveryKind.ASSIGNED, user, case.id, key, by=by)
    if before is not None and before != user and requests.has_left(case.tx, case.id, before):
        # They read it outside the channel because they owned it.
        end_seat(case, before, OWNS_NO_MORE)
    keep_true(case, Change.OWNER)
    asked_instead.of_the_owner(case)


def accept_ownership(case: Case, run: PagingRun) -> None:
    """Whoever acknowledges what an owner handed over owns the escalation from then on.

    Unless its owner is another one by now: what somebody decided since stands.
    """
    for reason in of_run(run.reasons, run.requested_by, run.why):
        if reason.owns and reason.by == case.incident.owner != case.act.user:
            make_owner(case, case.act.user, reason.by, aloud=True)
