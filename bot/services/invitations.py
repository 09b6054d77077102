"""Invitations to an incident's channel that Slack refuses: told once, and tried again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.act import Act
from bot.domain.duework import DeliveryKind, Priority
from bot.domain.ids import UserId, reference
from bot.domain.messages import Uninvited
from bot.policy import Policy
from bot.services.belonging import who_answers
from bot.services.case import Case
from bot.services.letters import Letter, Prepared
from bot.services.shelf import Shelf
from bot.services.to_people import KEPT_OUT
from bot.store import incidents, outbox
from bot.store.claims import Claimed
from bot.store.outbox import Outgoing
from bot.store.tables import Incident
from bot.store.transaction import Transaction


def some_left_out(tx: Transaction, act: Act, claimed: Claimed, users: Sequence[str]) -> None:
    """Slack took the others: these are tried again by themselves."""
    again = Outgoing(
        kind=claimed.kind,
        priority=Priority(claimed.priority),
        lane=claimed.lane.removeprefix(f"{claimed.workspace.team_id}/"),
        subject=claimed.subject,
        dedup_key=f"invite:{claimed.id}:again",
        incident_id=claimed.incident_id,
        args={"users": list(users)},
    )
    outbox.enqueue(tx, act.workspace, act.now, [again])


def not_taken(
    tx: Transaction, act: Act, claimed: Claimed, users: Iterable[str], error: str
) -> None:
    """Each of these and who answers for the incident are told; once for each channel."""
    incident = incidents.lock(tx, claimed.subject)
    if incident is None or incident.ended_at is not None or incident.channel_id is None:
        return
    seats = incidents.seats(tx, incident.id)
    case = Case(tx, act, incident)
    for user in users:
        if user in seats:
            _tell(case, incident.channel_id, user, _who_answers(incident, seats, user), error)
    case.put_down()


def _who_answers(incident: Incident, seats: Iterable[str], but: str) -> str | None:
    return next((user for user in who_answers(incident, seats) if user != but), None)


def _tell(case: Case, channel: str, user: str, answers: str | None, error: str) -> None:
    about = {"person": user, "channel": channel, "error": error}
    for reader in filter(None, (user, answers)):
        key = f"uninvited:{case.id}:{channel}:{user}:{reader}"
        case.tell(DeliveryKind.UNINVITED, reader, case.id, key, **about)


def uninvited(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident, args = shelf.incident(claimed.subject), claimed.args
    if incident is None or claimed.target is None:
        return KEPT_OUT
    if shelf.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    person = None if args["person"] == claimed.target else UserId(args["person"])
    view = Uninvited(reference(incident.number), args["channel"], args["error"], person)
    return Letter(view, person=claimed.target)
