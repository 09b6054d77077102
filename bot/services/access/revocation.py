"""Ends a person's right to read an incident, passes on what they had, and tells others.

An invitation ends for good in three cases: the person leaves the channel, Slack describes them as
less than a full member, or an owner who had left the channel is no longer the owner.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from bot.domain.access.access_entries import LeftEntry
from bot.domain.access.access_messages import InvitationEndedArgs
from bot.domain.access.visibility import by_invitation
from bot.domain.act import Workspace, by_the_bot
from bot.domain.channels.channel_messages import ChannelRemoveArgs
from bot.domain.ids import UserId
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
    """Why a person who did not leave the channel lost access. The timeline stores the value."""

    NO_MEMBER = "not a full member"
    OWNS_NO_MORE = "no longer the owner"
    """They had left the channel before another person became the owner."""


def end_seat(locked: LockedIncident, user: str, because: Because | None = None) -> bool:
    """End a person's right to read an incident; False if they had none."""
    if not requests.end_seat(locked.tx, locked.id, user):
        return False
    locked.record(LeftEntry(person=user, because=because))
    if by_invitation(locked.incident.tier):
        _pass_tasks_on(locked, user)
        keep_true(locked, Change.PEOPLE)
        locked.card_changed()
    return True


def _pass_tasks_on(locked: LockedIncident, user: str) -> None:
    """Give the tasks of a person who lost access to one who answers for the incident."""
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
    """End all invitations of people that Slack describes as less than full members.

    This runs on every such description, not only the first: another replica may have let them in
    since, or a refused message, which ends no invitation, may have brought the news first.
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
    """Remove a person: a guest may still be in the channel, and Slack may put one who returns back
    into it."""
    if by_invitation(locked.incident.tier) and locked.incident.room is ChannelState.CHANNEL:
        key = f"remove:{locked.id}:{user}:{locked.act.now.isoformat()}"
        locked.post(DeliveryKind.CHANNEL_REMOVE, key, ChannelRemoveArgs(user))


def _tell(locked: LockedIncident, policy: Policy, user: str) -> None:
    """Tell the person who may let them in again; without one, tell the managers on duty."""
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
