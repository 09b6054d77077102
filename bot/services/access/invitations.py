"""Handles refused channel invitations: tells the people concerned once, and tries again."""

from collections.abc import Iterable, Sequence

from bot.domain.access.access_messages import UninvitedArgs
from bot.domain.act import Act
from bot.domain.channels.channel_messages import ChannelInviteArgs
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.kinds import DeliveryKind
from bot.services.access.belonging import who_answers
from bot.services.locked import LockedIncident
from bot.store.access import participants
from bot.store.delivery import outbox
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.delivery.outbox import Outgoing
from bot.store.incidents import incident_rows
from bot.store.tables import Incident
from bot.store.transaction import Transaction


def some_left_out(tx: Transaction, act: Act, claimed: Claimed, users: Sequence[str]) -> None:
    """Invite these people again in a delivery of their own: Slack invited the others."""
    again = Outgoing(
        kind=claimed.kind,
        priority=Priority(claimed.priority),
        lane=lanes.in_workspace(claimed.workspace.team_id, claimed.lane),
        subject=claimed.subject,
        dedup_key=f"invite:{claimed.id}:again",
        incident_id=claimed.incident_id,
        args=ChannelInviteArgs(tuple(users)),
    )
    outbox.enqueue(tx, act.workspace, act.now, [again])


def not_taken(
    tx: Transaction,
    act: Act,
    claimed: ClaimOf[ChannelInviteArgs],
    refused: Iterable[str],
    error: str,
) -> None:
    """Tell each of these people, and one who answers for the incident, once for each channel."""
    incident = incident_rows.lock(tx, claimed.subject)
    if incident is None or incident.ended_at is not None or incident.channel_id is None:
        return
    seats = participants.seats(tx, incident.id)
    locked = LockedIncident(tx, act, incident)
    # If Slack names no one, the refusal is about all of them.
    for user in list(refused) or claimed.args.users:
        if user in seats:
            _tell(locked, incident.channel_id, user, _who_answers(incident, seats, user), error)
    locked.put_down()


def _who_answers(incident: Incident, seats: Iterable[str], but: str) -> str | None:
    return next((user for user in who_answers(incident, seats) if user != but), None)


def _tell(locked: LockedIncident, channel: str, user: str, answers: str | None, error: str) -> None:
    args = UninvitedArgs(user, channel, error)
    for reader in filter(None, (user, answers)):
        key = f"uninvited:{locked.id}:{channel}:{user}:{reader}"
        locked.tell(DeliveryKind.UNINVITED, reader, locked.id, key, args=args)
