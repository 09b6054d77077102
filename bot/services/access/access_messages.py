"""The messages about access: to the person who may grant it, and to the one who asked."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.access.access_messages import (
    AccessAnswer,
    AccessAnswerArgs,
    AccessRequestArgs,
    AccessRequestMessage,
    InvitationEnded,
    InvitationEndedArgs,
    Uninvited,
    UninvitedArgs,
)
from bot.domain.followups.reminder_messages import Outcome
from bot.domain.ids import RequestId, UserId, reference
from bot.policy import Policy
from bot.services.access.approvers import asks, may_admit, who_may_admit
from bot.services.access.identity import role_in
from bot.services.access.requests import PAUSE
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.lookups import Lookups
from bot.services.people.person_messages import (
    KEPT_OUT,
    NO_INCIDENT,
    for_person,
    kept_out,
    reader_of,
)
from bot.store.access import participants, requests
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.tables import AccessRequest as Row
from bot.store.tables import Incident
from bot.store.tables.states import RequestState


def access_request(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[AccessRequestArgs], _now: datetime
) -> Content[AccessRequestMessage]:
    incident = lookups.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    args = claimed.args
    reader = _who_answers_it(lookups, policy, incident, claimed.target, args.passed)
    if reader is None:
        return KEPT_OUT
    row = requests.get(lookups.tx, args.request)
    if row is None or row.state is not RequestState.OPEN:
        return NothingToSay("answered meanwhile")
    if _instead(lookups, claimed, row):
        return NothingToSay("someone else is asked by now")
    role = role_in(lookups.tx, policy, claimed.workspace, row.person)
    view = _access_request(lookups, row, incident, reader)
    return MessageContent(replace(view, role=role), person=reader)


def _who_answers_it(
    lookups: Lookups, policy: Policy, incident: Incident, planned: str, passed: Collection[str]
) -> str | None:
    """Return the planned reader if they may still answer, else the next person who may."""
    invited = participants.seats(lookups.tx, incident.id)
    if may_admit(lookups.tx, policy, incident, invited, planned):
        return planned
    return who_may_admit(lookups.tx, policy, incident, invited, passed)


def access_request_stands(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[AccessRequestArgs], _now: datetime
) -> Content[AccessRequestMessage]:
    incident = lookups.incident(claimed.subject)
    row = requests.get(lookups.tx, claimed.args.request)
    if incident is None or row is None:
        return NO_INCIDENT
    view = _access_request(lookups, row, incident, reader_of(claimed))
    instead = _instead(lookups, claimed, row) if row.state is RequestState.OPEN else None
    if instead is not None:
        return MessageContent(replace(view, outcome=Outcome.PASSED_ON, by=instead))
    by = UserId(row.answered_by) if row.answered_by else None
    role = role_in(lookups.tx, policy, claimed.workspace, row.person)
    return MessageContent(
        replace(view, role=role, outcome=_ANSWERS[row.state], by=by, at=row.answered_at)
    )


def _instead(lookups: Lookups, claimed: Claimed, row: Row) -> UserId | None:
    """Return the person who was asked after this message's reader, if there is one."""
    later = [one for one in asks(lookups.tx, row) if one.id > claimed.id]
    return UserId(later[-1].target or "") if later else None


_ANSWERS: Mapping[RequestState, Outcome | None] = {
    RequestState.OPEN: None,
    RequestState.GRANTED: Outcome.GRANTED,
    RequestState.REFUSED: Outcome.REFUSED,
    RequestState.LAPSED: Outcome.WITHDRAWN,
}


def _access_request(
    lookups: Lookups, row: Row, incident: Incident, reader: str
) -> AccessRequestMessage:
    return AccessRequestMessage(
        id=RequestId(row.id),
        head=for_person(lookups, incident, reader),
        asker=UserId(row.person),
        by_hand=row.by_hand,
        added_by=UserId(row.added_by) if row.added_by else None,
    )


def access_answer(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[AccessAnswerArgs], _now: datetime
) -> Content[AccessAnswer]:
    incident = lookups.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if kept_out(lookups, incident, claimed.target):
        return KEPT_OUT
    if not claimed.args.granted and claimed.target in lookups.participants(incident.id):
        return NothingToSay("let in meanwhile")
    return MessageContent(_access_answer(lookups, claimed, incident), person=claimed.target)


def access_answer_stands(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[AccessAnswerArgs], _now: datetime
) -> Content[AccessAnswer]:
    incident = lookups.incident(claimed.subject)
    return (
        NO_INCIDENT
        if incident is None
        else MessageContent(_access_answer(lookups, claimed, incident))
    )


def _access_answer(
    lookups: Lookups, claimed: ClaimOf[AccessAnswerArgs], incident: Incident
) -> AccessAnswer:
    args = claimed.args
    head = for_person(lookups, incident, reader_of(claimed))
    row = requests.get(lookups.tx, args.request)
    return AccessAnswer(
        head,
        granted=args.granted,
        by=UserId(args.by) if args.by else None,
        because=row.reason if row is not None else "",
        by_hand=row is not None and row.by_hand,
        again_at=row.answered_at + PAUSE if row is not None and row.answered_at else None,
    )


def uninvited(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[UninvitedArgs], _now: datetime
) -> Content[Uninvited]:
    incident, args = lookups.incident(claimed.subject), claimed.args
    if incident is None or claimed.target is None:
        return KEPT_OUT
    if lookups.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    person = None if args.person == claimed.target else UserId(args.person)
    view = Uninvited(reference(incident.number), args.channel, args.error, person)
    return MessageContent(view, person=claimed.target)


def invitation_ended(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[InvitationEndedArgs], _now: datetime
) -> Content[InvitationEnded]:
    incident, args = lookups.incident(claimed.subject), claimed.args
    if incident is None or claimed.target is None:
        return KEPT_OUT
    if lookups.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    person = UserId(args.person)
    owns = incident.owner == person
    view = InvitationEnded(reference(incident.number), person, owns=owns, alone=args.alone)
    return MessageContent(view, person=claimed.target)
