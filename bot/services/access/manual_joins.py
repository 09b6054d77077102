"""People who join or leave a channel by hand: Slack allows both without the bot."""

from bot.domain.access.access_entries import AddedEntry, StayedEntry
from bot.domain.act import Act, Workspace
from bot.domain.channels.channel_messages import ChannelRemoveArgs
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access import approvers
from bot.services.access.belonging import may_read
from bot.services.access.identity import role_in
from bot.services.access.revocation import end_seat
from bot.services.locked import LockedIncident
from bot.services.staleness import keep_true
from bot.store.access import participants, requests
from bot.store.database import Database
from bot.store.delivery.claims import ClaimOf
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups
from bot.store.tables import AccessRequest as Row
from bot.store.tables import Incident
from bot.store.tables.states import RequestState
from bot.store.transaction import Transaction


def left(db: Database, policy: Policy, act: Act, incident_id: str, user: str) -> None:
    """End a person's seat because they left the incident's channel or were removed from it.

    The owner keeps access and stays responsible until another person becomes the owner.
    """
    with db.transaction(act) as tx:
        incident = incident_rows.lock(tx, incident_id)
        if incident is None:
            return
        if incident.owner == user:
            requests.mark_left(tx, incident.id, user, act.now)
            return
        locked = LockedIncident(tx, act, incident)
        asked = requests.settle_by_hand(tx, incident.id, user, RequestState.LAPSED, act.now)
        seated = end_seat(locked, user)
        if seated:
            approvers.instead_of(locked, policy, [user])
        if asked:
            keep_true(locked, Change.ACCESS)
        locked.put_down()


def intruded_upon(db: Database, act: Act, channel: str, user: str) -> str | None:
    """Return the channel's incident if the bot did not invite this person, or if they are an owner
    who left the channel and is back."""
    with db.reading() as tx:
        incident = incident_rows.by_channel(tx, act.workspace, channel)
        if incident is None:
            return None
        if user in participants.seats(tx, incident.id) and not requests.has_left(
            tx, incident.id, user
        ):
            return None
        return incident.id


def joined(
    db: Database, policy: Policy, act: Act, incident_id: str, user: str, added_by: str | None
) -> None:
    """Record a person who was brought into a channel; ask about them if they may not read it.

    If they may read it, the record still matters: the incident may become restricted later.
    """
    with db.transaction(act) as tx:
        incident = incident_rows.lock(tx, incident_id)
        if incident is None or requests.mark_left(tx, incident_id, user, None):
            return
        locked = LockedIncident(tx, act, incident)
        request_id = requests.add(tx, incident, user, act.now, by_hand=True, added_by=added_by)
        if request_id is None:
            return
        row = requests.get(tx, request_id)
        if row is not None and not _may_read(tx, policy, incident, user):
            _tell_of(locked, policy, row)
        locked.put_down()


def tell_of_strangers(locked: LockedIncident, policy: Policy) -> None:
    """Ask about everyone in the channel who may no longer read the incident."""
    for row in requests.open_by_hand(locked.tx, locked.id):
        if not _may_read(locked.tx, policy, locked.incident, row.person):
            _tell_of(locked, policy, row)


def _tell_of(locked: LockedIncident, policy: Policy, row: Row) -> None:
    locked.record(AddedEntry(person=row.person, by=row.added_by))
    asked = approvers.who_may_admit(
        locked.tx, policy, locked.incident, participants.seats(locked.tx, locked.id)
    )
    if asked is not None:
        approvers.ask(locked, row, asked)


def _may_read(tx: Transaction, policy: Policy, incident: Incident, user: str) -> bool:
    workspace = Workspace(incident.team_id, incident.enterprise_id)
    role, seats = role_in(tx, policy, workspace, user), participants.seats(tx, incident.id)
    kept_out = bool(people_and_groups.gone(tx, workspace, [user]))
    return may_read(incident, user, role, seats, kept_out=kept_out)


def not_removed(tx: Transaction, act: Act, claimed: ClaimOf[ChannelRemoveArgs], error: str) -> None:
    """Say in the channel that a person must remove this user: Slack does not let the bot do it."""
    incident = incident_rows.lock(tx, claimed.subject)
    if incident is not None:
        locked = LockedIncident(tx, act, incident)
        locked.record(StayedEntry(person=claimed.args.user, error=error), aloud=True)
        locked.put_down()
