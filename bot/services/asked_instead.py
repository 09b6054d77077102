"""Who is asked to let a person in, where the one who was asked can't answer any more."""

from collections.abc import Collection

from bot.domain.duework import DeliveryKind, Priority
from bot.services.addressing import personal
from bot.services.belonging import belongs_to
from bot.services.case import Case
from bot.services.in_charge import who_answers
from bot.store import incidents, people, posted, requests
from bot.store.posted import Standing
from bot.store.tables import AccessRequest
from bot.store.transaction import Transaction


def asks(tx: Transaction, request: AccessRequest) -> list[Standing]:
    """Return the messages that ask about a request, the newest last: that one counts."""
    told = posted.of_subjects(tx, [request.incident_id], [DeliveryKind.ACCESS_REQUEST])
    return [one for one in told if one.key.startswith(f"access:{request.id}:")]


def ask(case: Case, request: AccessRequest, asked: str, passed: Collection[str] = ()) -> None:
    """Ask somebody, instead of those who have been asked: their messages say so."""
    before = asks(case.tx, request)
    case.send(*(posted.edit(one, case.incident.team_id, case.act.now) for one in before))
    case.send(
        personal(
            DeliveryKind.ACCESS_REQUEST,
            asked,
            case.id,
            f"access:{request.id}:{len(passed)}:{len(before)}:{case.act.now.timestamp()}",
            incident_id=case.id,
            priority=Priority.NOTICE,
            request=request.id,
            asker=request.person,
            passed=list(passed),
        )
    )


def of_the_owner(case: Case) -> None:
    """Whoever owns it from now on decides about what is open."""
    for request in requests.open_in(case.tx, [case.id]):
        before = asks(case.tx, request)
        if before and case.incident.owner and before[-1].target != case.incident.owner:
            ask(case, request, case.incident.owner)


def instead_of(case: Case, unable: Collection[str]) -> None:
    """Where one of these was asked, the next one is who belongs to it and is there.

    Where nobody is, the request waits: whoever asks again is told.
    """
    seats = incidents.seats(case.tx, case.id)
    for request in requests.open_in(case.tx, [case.id]):
        before = asks(case.tx, request)
        if not before or before[-1].target not in unable:
            continue
        row = posted.get_many(case.tx, [before[-1].id])[before[-1].id]
        passed = [*row.args.get("passed", ()), row.target]
        able = [
            user
            for user in who_answers(case.incident, seats)
            if user in seats and belongs_to(case.incident, seats, user)
        ]
        gone = people.gone(case.tx, case.act.workspace, able)
        left = [user for user in able if user not in gone and user not in passed]
        if left:
            ask(case, request, left[0], passed)
