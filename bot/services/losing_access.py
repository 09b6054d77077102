"""A person may not read an incident any more: what ends with it, and who hears of it.

An invitation ends for good: when they leave the channel, when Slack describes them as no full
member, or when an owner who had left the channel owns the incident no more.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from bot.domain.act import Workspace, by_the_bot
from bot.domain.duework import DeliveryKind
from bot.domain.ids import UserId, reference
from bot.domain.messages import InvitationEnded
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.domain.visibility import by_invitation
from bot.policy import Policy
from bot.services import asked_instead
from bot.services.belonging import who_answers
from bot.services.case import Case
from bot.services.followups import give_on
from bot.services.in_charge import reachable
from bot.services.letters import Letter, Prepared
from bot.services.shelf import Shelf
from bot.services.standing import keep_true
from bot.services.to_people import KEPT_OUT
from bot.store import followups as tasks
from bot.store import incidents, people, requests
from bot.store.claims import Claimed
from bot.store.tables.states import RoomState
from bot.store.transaction import Transaction

NO_MEMBER = "not a full member"
"""Why a person lost access who did not leave the channel, as the timeline keeps it."""
OWNS_NO_MORE = "no longer the owner"
"""The same of an owner who had left it before another person became the owner."""


def end_seat(case: Case, user: str, because: str | None = None) -> bool:
    """Let a person read an incident no more; False where they were not in it."""
    if not requests.end_seat(case.tx, case.id, user):
        return False
    if because is None:
        case.record(EntryKind.LEFT, person=user)
    else:
        case.record(EntryKind.LEFT, person=user, because=because)
    if by_invitation(case.incident.tier):
        _pass_tasks_on(case, user)
        keep_true(case, Change.PEOPLE)
        case.card_changed()
    return True


def _pass_tasks_on(case: Case, user: str) -> None:
    """Tasks of somebody who may no longer read them go to the person who answers for it."""
    seats = incidents.seats(case.tx, case.id)
    able = [one for one in who_answers(case.incident, seats) if one in seats]
    gone = people.gone(case.tx, case.act.workspace, able)
    heir = next((one for one in able if one not in gone), None)
    mine = [one for one in tasks.open_tasks_of(case.tx, case.id) if one.assignee == user]
    for task in mine if heir else ():
        give_on(case, task, UserId(heir or ""))


def end_invitations(
    tx: Transaction,
    policy: Policy,
    workspace: Workspace,
    kept_out: Collection[str],
    now: datetime,
) -> None:
    """End all invitations of people whom Slack describes as no full members.

    Each time that it does, not only when that is new: another replica may have let them in since,
    or a refused message told of it first, which ends nothing.
    """
    concerned = incidents.with_seats_of(tx, workspace, kept_out)
    for incident_id in sorted(concerned):
        incident = incidents.lock(tx, incident_id)
        if incident is None:
            continue
        case = Case(tx, by_the_bot(workspace, now), incident)
        for user in sorted(concerned[incident_id]):
            if end_seat(case, user, NO_MEMBER):
                _take_out(case, user)
                _tell(case, policy, user)
        case.put_down()
    incidents.end_seats_of(tx, workspace, kept_out)


def _take_out(case: Case, user: str) -> None:
    """A guest may still be in the channel, and Slack may put a person who returns back into it."""
    if by_invitation(case.incident.tier) and case.incident.room is RoomState.CHANNEL:
        key = f"remove:{case.id}:{user}:{case.act.now.isoformat()}"
        case.post(DeliveryKind.ROOM_REMOVE, key, user=user)


def _tell(case: Case, policy: Policy, user: str) -> None:
    """Tell the person who may let them in again; where there is none, the managers on duty."""
    incident = case.incident
    if incident.ended_at is not None or not by_invitation(incident.tier):
        return
    seats = incidents.seats(case.tx, case.id)
    able = asked_instead.who_may_admit(case.tx, policy, incident, seats)
    readers = [able] if able else reachable(case, policy.managers_on_duty)
    for reader in readers:
        key = f"invitation-ended:{case.id}:{user}:{reader}:{case.act.now.isoformat()}"
        about: dict[str, Any] = {"person": user, "alone": able is None}
        case.tell(DeliveryKind.INVITATION_ENDED, reader, case.id, key, **about)


def invitation_ended(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident, args = shelf.incident(claimed.subject), claimed.args
    if incident is None or claimed.target is None:
        return KEPT_OUT
    if shelf.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    person = UserId(args["person"])
    owns = incident.owner == person
    view = InvitationEnded(reference(incident.number), person, owns=owns, alone=args["alone"])
    return Letter(view, person=claimed.target)
