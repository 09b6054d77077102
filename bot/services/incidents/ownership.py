"""Ownership of an escalation: a person assigns it, or a successor accepts it."""

from bot.domain.ids import UserId
from bot.domain.incidents.entries import OwnerEntry
from bot.domain.kinds import DeliveryKind
from bot.domain.people.person_messages import AssignedArgs
from bot.domain.staleness import Change
from bot.services.access import approvers
from bot.services.access.revocation import Because, end_seat
from bot.services.locked import LockedIncident
from bot.services.staleness import keep_true
from bot.store.access import requests
from bot.store.tables import PagingRun


def make_owner(locked: LockedIncident, user: UserId, by: UserId, *, aloud: bool = False) -> None:
    """Make a person the owner; they are invited, and told unless they did it themselves.

    Update reminders go to the owner, and restart with a new one.
    """
    before = locked.incident.owner
    locked.name_owner(user)
    locked.record(OwnerEntry(from_=before, to=user), aloud=aloud)
    # A snooze or a stop belonged to the previous owner.
    locked.expect_update()
    locked.give_to(user)
    if user != by:
        key = f"assigned:{locked.id}:{locked.incident.entries}:{user}:{locked.act.now.timestamp()}"
        locked.tell(DeliveryKind.ASSIGNED, user, locked.id, key, args=AssignedArgs(by))
    if before is not None and before != user and requests.has_left(locked.tx, locked.id, before):
        # Outside the channel, they could read it only as the owner.
        end_seat(locked, before, Because.OWNS_NO_MORE)
    keep_true(locked, Change.OWNER)
    approvers.of_the_owner(locked)


def accept_ownership(locked: LockedIncident, run: PagingRun) -> None:
    """Make the person who acknowledges an owner's hand-over the new owner.

    If the escalation has got another owner since, that decision stands.
    """
    for reason in run.why_asked:
        if reason.owns and reason.by == locked.incident.owner != locked.act.user:
            make_owner(locked, locked.act.user, reason.by, aloud=True)
