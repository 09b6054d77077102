"""Who is asked to let a person in, where the one who was asked can't answer any more."""

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
    """Return the messages that ask about a request, the newest last: that one counts."""
    told = posted.of_subjects(tx, [request.incident_id], [DeliveryKind.ACCESS_REQUEST])
    return [one for one in told if one.key.startswith(f"access:{request.id}:")]


def ask(
    locked: LockedIncident, request: AccessRequest, asked: str, passed: Collection[str] = ()
) -> None:
    """Ask somebody, instead of those who have been asked: their messages say so."""
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
    """Whoever owns it from now on decides about what is open."""
    for request in requests.open_in(locked.tx, [locked.id]):
        before = asks(locked.tx, request)
        if before and locked.incident.owner and before[-1].target != locked.incident.owner:
            ask(locked, request, locked.incident.owner)


def instead_of(locked: LockedIncident, policy: Policy, unable: Collection[str]) -> None:
    """Where one of these was asked, the next one is who may let others in.

    Where nobody is, the request waits: whoever asks again is told.
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
    """Return the first who answers for it, is in it, may admit others, and was not `passed` over;
    else a manager on duty who may read it.

    Nobody else is asked: of a restricted one only who is in it may let others in.
    """
    inside = [user for user in who_answers(incident, invited) if user in invited]
    for user in dict.fromkeys((*inside, *policy.managers_on_duty)):
        if user not in passed and may_admit(tx, policy, incident, invited, user):
            return user
    return None


def may_admit(
    tx: Transaction, policy: Policy, incident: Incident, invited: Mapping[str, bool], user: str
) -> bool:
    """Tell whether somebody reads an incident and may let others in. Who has left has no role."""
    role = role_in(tx, policy, Workspace(incident.team_id, incident.enterprise_id), user)
    belongs = belongs_to(incident, invited, user)
    reads = may_read(incident, user, role, invited, kept_out=False)
    return reads and may(role, Deed.INVITE, belongs=belongs)
