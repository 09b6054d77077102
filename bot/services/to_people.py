"""What is said to one person, but for pages: before it is sent, and of what stands already.

`claimed` is the delivery to be sent. For a message that stands, it is the one that posted it, and
its target who reads it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.domain.act import Role, Workspace
from bot.domain.ids import UserId
from bot.domain.messages import (
    Assigned,
    Outcome,
    Unedited,
)
from bot.domain.reading import Head
from bot.domain.visibility import Place
from bot.policy import Policy
from bot.services import views
from bot.services.belonging import who_answers
from bot.services.letters import Letter, Moot, Prepared
from bot.services.shelf import Shelf
from bot.store import posted
from bot.store.claims import Claimed
from bot.store.tables import Incident

KEPT_OUT = Moot("a guest, of another organisation, deactivated or a bot: told nothing")
"""But for pages, and that nobody acknowledged: those still go out, with the codename."""

Say = Callable[[Shelf, Policy, Claimed, datetime], Prepared]
NO_INCIDENT = Moot("no such escalation")


def for_person(shelf: Shelf, incident: Incident, person: str) -> Head:
    """The incident as somebody may see it to whom the bot writes of its own accord."""
    return views.head_in(
        incident,
        Place.PERSONAL,
        reader=person,
        role=Role.VIEWER,
        invited=shelf.participants(incident.id),
        kept_out=kept_out(shelf, incident, person),
    )


def kept_out(shelf: Shelf, incident: Incident, person: str) -> bool:
    return shelf.kept_out(Workspace(incident.team_id, incident.enterprise_id), person)


def first_left(shelf: Shelf, incident: Incident, people: Iterable[str]) -> str | None:
    """Return the first who is not kept out by now.

    When it was planned they may all have been there; what is due is forgotten by nobody's leaving.
    """
    return next((user for user in people if not kept_out(shelf, incident, user)), None)


def answering(shelf: Shelf, incident: Incident) -> list[str]:
    return who_answers(incident, shelf.participants(incident.id))


def reader_of(claimed: Claimed) -> UserId:
    return UserId(claimed.target or "")


def said_again(shelf: Shelf, claimed: Claimed) -> bool:
    row = shelf.posted(claimed.id)
    return row is not None and posted.was_said_again(shelf.tx, row)


# A new owner


def assigned(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if kept_out(shelf, incident, claimed.target):
        return KEPT_OUT
    if incident.owner != claimed.target or incident.ended_at is not None:
        return Moot("someone else has it by now, or it is over")
    return Letter(_assigned(shelf, claimed, incident), person=claimed.target)


def assigned_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    return NO_INCIDENT if incident is None else Letter(_assigned(shelf, claimed, incident))


def _assigned(shelf: Shelf, claimed: Claimed, incident: Incident) -> Assigned:
    outcome = None
    if incident.owner != claimed.target:
        outcome = Outcome.PASSED_ON
    elif incident.ended_at is not None:
        outcome = Outcome.ENDED
    head = for_person(shelf, incident, reader_of(claimed))
    return Assigned(head, UserId(claimed.args["by"]), outcome)


# What Slack did not edit


def unedited(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    """It says who got a message about what is restricted: for no one who may not read that."""
    args, incident = claimed.args, shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if not for_person(shelf, incident, claimed.target).full:
        return KEPT_OUT
    return Letter(
        Unedited(
            reference=args["about"],
            posted_at=datetime.fromisoformat(args["posted_at"]),
            error=args["error"],
            person=UserId(args["person"]) if args["person"] else None,
            channel=args["channel"],
        ),
        person=claimed.target,
    )
