"""Picks another person to answer an access request when the one who was asked can't."""

from collections.abc import Collection, Mapping

from bot.domain.access.access_messages import AccessRequestArgs
from bot.domain.access.rights import Deed, may
from bot.domain.act import Workspace
from bot.domain.delivery.delivery_states import Priority
from bot.domain.delivery.message_args import read
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.access.belonging import belongs_to, may_read, who_answers
from bot.services.access.identity import role_in
from bot.services.addressing import personal
from bot.services.locked import LockedIncident
from bot.store.access import participants, requests
from bot.store.delivery import posted
from bot.store.delivery.posted import PostedMessage
from bot.store.tables import AccessRequest, Incident
from bot.store.transaction import Transaction


def asks(tx: Transaction, request: AccessRequest) -> list[PostedMessage]:
    """Return the messages that ask about a request, oldest first. Only the last one counts."""
    told = posted.of_subjects(tx, [request.incident_id], [DeliveryKind.ACCESS_REQUEST])
    return [one for one in told if one.key.startswith(f"access:{request.id}:")]


def ask(
    locked: LockedIncident, request: AccessRequest, asked: str, passed: Collection[str] = ()
) -> None:
    """Ask a person, in place of those asked before; the earlier messages are edited to say so."""
    before = asks(locked.tx, request)
    locked.send(*(posted.edit(one, locked.incident.team_id, locked.act.now) for one in before))
    locked.send(
        personal(
            DeliveryKind.ACCESS_REQUEST,
            asked,
            locked.id,
            f"access:{request.id}:{len(passed)}:{len(before)}:{locked.act.now.timestamp()}",
            incident_id=locked.id,
            priority=Priority.NOTICE,
            args=AccessRequestArgs(request.id, request.person, tuple(passed)),
        )
    )


def of_the_owner(locked: LockedIncident) -> None:
    """Pass the open requests that were sent to someone else on to the current owner."""
    for request in requests.open_in(locked.tx, [locked.id]):
        before = asks(locked.tx, request)
        if before and locked.incident.owner and before[-1].target != locked.incident.owner:
            ask(locked, request, locked.incident.owner)


def instead_of(locked: LockedIncident, policy: Policy, unable: Collection[str]) -> None:
    """Pass requests that were sent to a person in `unable` on to the next who may let others in.

    If there is no such person, the request stays open, and anyone who asks again is told so.
    """
    seats = participants.seats(locked.tx, locked.id)
    for request in requests.open_in(locked.tx, [locked.id]):
        before = asks(locked.tx, request)
        if not before or before[-1].target not in unable:
            continue
        row = posted.get_many(locked.tx, [before[-1].id])[before[-1].id]
        passed = [*read(AccessRequestArgs, row.args).passed, row.target or ""]
        able = who_may_admit(locked.tx, policy, locked.incident, seats, passed)
        if able is not None:
            ask(locked, request, able, passed)


def who_may_admit(
    tx: Transaction,
    policy: Policy,
    incident: Incident,
    invited: Mapping[str, bool],
    passed: Collection[str] = (),
) -> str | None:
    """Return the first person who answers for the incident, is in it, may admit others, and was
    not `passed` over; else a manager on duty who may read it.

    There are no other candidates: only the people in a restricted incident may let others in.
    """
    inside = [user for user in who_answers(incident, invited) if user in invited]
    for user in dict.fromkeys((*inside, *policy.managers_on_duty)):
        if user not in passed and may_admit(tx, policy, incident, invited, user):
            return user
    return None


def may_admit(
    tx: Transaction, policy: Policy, incident: Incident, invited: Mapping[str, bool], user: str
) -> bool:
    """Tell whether a person may read an incident and let others in. One who left has no role."""
    role = role_in(tx, policy, Workspace(incident.team_id, incident.enterprise_id), user)
    belongs = belongs_to(incident, invited, user)
    reads = may_read(incident, user, role, invited, kept_out=False)
    return reads and may(role, Deed.INVITE, belongs=belongs)
