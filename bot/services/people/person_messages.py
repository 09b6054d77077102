"""Looks up messages to one person other than pages, before they are sent and once posted.

`claimed` is the delivery to send. For a posted message, it is the delivery that posted it, and its
target is the actual reader.
"""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.access.visibility import Place
from bot.domain.act import Role, Workspace
from bot.domain.followups.reminder_messages import Outcome
from bot.domain.ids import UserId
from bot.domain.incidents.views import Head
from bot.domain.people.person_messages import Assigned, AssignedArgs, Unedited, UneditedArgs
from bot.policy import Policy
from bot.services import views
from bot.services.access.belonging import who_answers
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.lookups import Lookups
from bot.store.delivery import posted
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.tables import Incident

KEPT_OUT = NothingToSay("a guest, of another organisation, deactivated or a bot: told nothing")
"""Pages and alerts to managers ignore this: they still go out, with the codename."""

NO_INCIDENT = NothingToSay("no such escalation")


def for_person(lookups: Lookups, incident: Incident, person: str) -> Head:
    """Return the incident as a person may see it in a message that they did not ask for."""
    return views.head_in(
        incident,
        Place.PERSONAL,
        reader=person,
        role=Role.VIEWER,
        invited=lookups.participants(incident.id),
        kept_out=kept_out(lookups, incident, person),
    )


def kept_out(lookups: Lookups, incident: Incident, person: str) -> bool:
    return lookups.kept_out(Workspace(incident.team_id, incident.enterprise_id), person)


def first_left(lookups: Lookups, incident: Incident, people: Iterable[str]) -> str | None:
    """Return the first person who is not kept out by now.

    They may all have been there when the message was planned. It should not be lost because they
    left.
    """
    return next((user for user in people if not kept_out(lookups, incident, user)), None)


def answering(lookups: Lookups, incident: Incident) -> list[str]:
    return who_answers(incident, lookups.participants(incident.id))


def reader_of(claimed: Claimed) -> UserId:
    return UserId(claimed.target or "")


def said_again(lookups: Lookups, claimed: Claimed) -> bool:
    row = lookups.posted(claimed.id)
    return row is not None and posted.was_said_again(lookups.tx, row)


# A new owner


def assigned(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[AssignedArgs], _now: datetime
) -> Content[Assigned]:
    incident = lookups.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if kept_out(lookups, incident, claimed.target):
        return KEPT_OUT
    if incident.owner != claimed.target or incident.ended_at is not None:
        return NothingToSay("someone else has it by now, or it is over")
    return MessageContent(_assigned(lookups, claimed, incident), person=claimed.target)


def assigned_stands(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[AssignedArgs], _now: datetime
) -> Content[Assigned]:
    incident = lookups.incident(claimed.subject)
    return (
        NO_INCIDENT if incident is None else MessageContent(_assigned(lookups, claimed, incident))
    )


def _assigned(lookups: Lookups, claimed: ClaimOf[AssignedArgs], incident: Incident) -> Assigned:
    outcome = None
    if incident.owner != claimed.target:
        outcome = Outcome.PASSED_ON
    elif incident.ended_at is not None:
        outcome = Outcome.ENDED
    head = for_person(lookups, incident, reader_of(claimed))
    return Assigned(head, UserId(claimed.args.by), outcome)


# Messages that Slack did not edit


def unedited(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[UneditedArgs], _now: datetime
) -> Content[Unedited]:
    """Tell where a restricted incident is still shown. Only its readers may know who got that."""
    args, incident = claimed.args, lookups.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if not for_person(lookups, incident, claimed.target).full:
        return KEPT_OUT
    return MessageContent(
        Unedited(
            reference=args.about,
            posted_at=args.posted_at or claimed.created_at,
            error=args.error,
            person=UserId(args.person) if args.person else None,
            channel=args.channel,
        ),
        person=claimed.target,
    )
