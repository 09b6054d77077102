"""A person may not read an incident any more: what ends with it, and who hears of it.

An invitation ends for good: when they leave the channel, when Slack describes them as no full
member, or when an owner who had left the channel owns the incident no more.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from bot.domain.access.access_messages import InvitationEndedArgs
from bot.domain.access.visibility import by_invitation
from bot.domain.act import Workspace, by_the_bot
from bot.domain.channels.channel_messages import RoomRemoveArgs
from bot.domain.ids import UserId
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access import approvers
from bot.services.access.belonging import who_answers
from bot.services.followups.tasks import give_on
from bot.services.locked import LockedIncident
from bot.services.staleness import keep_true
from bot.services.unanswered.managers import reachable
from bot.store.access import participants, requests
from bot.store.followups import tasks_and_reminders as tasks
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups
from bot.store.tables.states import ChannelState
from bot.store.transaction import Transaction


class Because(StrEnum):
    """Why a person lost access who did not leave the channel, as the timeline keeps it."""

    NO_MEMBER = "not a full member"
    OWNS_NO_MORE = "no longer the owner"
    """They had left the channel before another person became the owner."""


def end_seat(locked: LockedIncident, user: str, because: Because | None = None) -> bool:
    """Let a person read an incident no more; False where they were not in it."""
    if not requests.end_seat(locked.tx, locked.id, user):
        return False
    if because is None:
        locked.record(EntryKind.LEFT, person=user)
    else:
        locked.record(EntryKind.LEFT, person=user, because=because)
    if by_invitation(locked.incident.tier):
        _pass_tasks_on(locked, user)
        keep_true(locked, Change.PEOPLE)
        locked.card_changed()
    return True


def _pass_tasks_on(locked: LockedIncident, user: str) -> None:
    """Tasks of somebody who may no longer read them go to the person who answers for it."""
    seats = participants.seats(locked.tx, locked.id)
    able = [one for one in who_answers(locked.incident, seats) if one in seats]
    gone = people_and_groups.gone(locked.tx, locked.act.workspace, able)
    heir = next((one for one in able if one not in gone), None)
    mine = [one for one in tasks.open_tasks_of(locked.tx, locked.id) if one.assignee == user]
    for task in mine if heir else ():
        give_on(locked, task, UserId(heir or ""))


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
    concerned = participants.with_seats_of(tx, workspace, kept_out)
    for incident_id in sorted(concerned):
        incident = incident_rows.lock(tx, incident_id)
        if incident is None:
            continue
        locked = LockedIncident(tx, by_the_bot(workspace, now), incident)
        for user in sorted(concerned[incident_id]):
            if end_seat(locked, user, Because.NO_MEMBER):
                _take_out(locked, user)
                _tell(locked, policy, user)
        locked.put_down()
    participants.end_seats_of(tx, workspace, kept_out)


def _take_out(locked: LockedIncident, user: str) -> None:
    """A guest may still be in the channel, and Slack may put a person who returns back into it."""
    if by_invitation(locked.incident.tier) and locked.incident.room is ChannelState.CHANNEL:
        key = f"remove:{locked.id}:{user}:{locked.act.now.isoformat()}"
        locked.post(DeliveryKind.ROOM_REMOVE, key, RoomRemoveArgs(user))


def _tell(locked: LockedIncident, policy: Policy, user: str) -> None:
    """Tell the person who may let them in again; where there is none, the managers on duty."""
    incident = locked.incident
    if incident.ended_at is not None or not by_invitation(incident.tier):
        return
    seats = participants.seats(locked.tx, locked.id)
    able = approvers.who_may_admit(locked.tx, policy, incident, seats)
    readers = [able] if able else reachable(locked, policy.managers_on_duty)
    for reader in readers:
        key = f"invitation-ended:{locked.id}:{user}:{reader}:{locked.act.now.isoformat()}"
        args = InvitationEndedArgs(user, alone=able is None)
        locked.tell(DeliveryKind.INVITATION_ENDED, reader, locked.id, key, args=args)
