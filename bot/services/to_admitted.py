"""What is said of access: to who may give it, and to who asked (see `to_people`)."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.ids import RequestId, UserId
from bot.domain.messages import (
    AccessAnswer,
    AccessRequest,
    Outcome,
)
from bot.policy import Policy
from bot.services.access import role_in
from bot.services.admission import PAUSE
from bot.services.asked_instead import asks, may_admit, who_may_admit
from bot.services.letters import Letter, Moot, Prepared
from bot.services.shelf import Shelf
from bot.services.to_people import (
    KEPT_OUT,
    NO_INCIDENT,
    for_person,
    kept_out,
    reader_of,
)
from bot.store import incidents, requests
from bot.store.claims import Claimed
from bot.store.tables import AccessRequest as Row
from bot.store.tables import Incident
from bot.store.tables.states import RequestState


def access_request(shelf: Shelf, policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    passed = claimed.args.get("passed", ())
    reader = _who_answers_it(shelf, policy, incident, claimed.target, passed)
    if reader is None:
        return KEPT_OUT
    row = requests.get(shelf.tx, claimed.args.get("request", ""))
    if row is None or row.state is not RequestState.OPEN:
        return Moot("answered meanwhile")
    if _instead(shelf, claimed, row):
        return Moot("someone else is asked by now")
    role = role_in(shelf.tx, policy, claimed.workspace, row.person)
    view = _access_request(shelf, row, incident, reader)
    return Letter(replace(view, role=role), person=reader)


def _who_answers_it(
    shelf: Shelf, policy: Policy, incident: Incident, planned: str, passed: Collection[str]
) -> str | None:
    """Whoever was to be asked, if they may answer still; else the next one who may."""
    invited = incidents.seats(shelf.tx, incident.id)
    if may_admit(shelf.tx, policy, incident, invited, planned):
        return planned
    return who_may_admit(shelf.tx, policy, incident, invited, passed)


def access_request_stands(
    shelf: Shelf, policy: Policy, claimed: Claimed, _now: datetime
) -> Prepared:
    incident = shelf.incident(claimed.subject)
    row = requests.get(shelf.tx, claimed.args.get("request", ""))
    if incident is None or row is None:
        return NO_INCIDENT
    view = _access_request(shelf, row, incident, reader_of(claimed))
    instead = _instead(shelf, claimed, row) if row.state is RequestState.OPEN else None
    if instead is not None:
        return Letter(replace(view, outcome=Outcome.PASSED_ON, by=instead))
    by = UserId(row.answered_by) if row.answered_by else None
    role = role_in(shelf.tx, policy, claimed.workspace, row.person)
    return Letter(replace(view, role=role, outcome=_ANSWERS[row.state], by=by, at=row.answered_at))


def _instead(shelf: Shelf, claimed: Claimed, row: Row) -> UserId | None:
    """Return who has been asked since, where it is not the reader of this message."""
    later = [one for one in asks(shelf.tx, row) if one.id > claimed.id]
    return UserId(later[-1].target or "") if later else None


_ANSWERS: Mapping[RequestState, Outcome | None] = {
    RequestState.OPEN: None,
    RequestState.GRANTED: Outcome.GRANTED,
    RequestState.REFUSED: Outcome.REFUSED,
    RequestState.LAPSED: Outcome.WITHDRAWN,
}


def _access_request(shelf: Shelf, row: Row, incident: Incident, reader: str) -> AccessRequest:
    return AccessRequest(
        id=RequestId(row.id),
        head=for_person(shelf, incident, reader),
        asker=UserId(row.person),
        by_hand=row.by_hand,
        added_by=UserId(row.added_by) if row.added_by else None,
    )


def access_answer(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if kept_out(shelf, incident, claimed.target):
        return KEPT_OUT
    if not claimed.args["granted"] and claimed.target in shelf.participants(incident.id):
        return Moot("let in meanwhile")
    return Letter(_access_answer(shelf, claimed, incident), person=claimed.target)


def access_answer_stands(
    shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime
) -> Prepared:
    incident = shelf.incident(claimed.subject)
    return NO_INCIDENT if incident is None else Letter(_access_answer(shelf, claimed, incident))


def _access_answer(shelf: Shelf, claimed: Claimed, incident: Incident) -> AccessAnswer:
    by = claimed.args["by"]
    head = for_person(shelf, incident, reader_of(claimed))
    row = requests.get(shelf.tx, claimed.args.get("request", ""))
    return AccessAnswer(
        head,
        granted=bool(claimed.args["granted"]),
        by=UserId(by) if by else None,
        because=row.reason if row is not None else "",
        by_hand=row is not None and row.by_hand,
        again_at=row.answered_at + PAUSE if row is not None and row.answered_at else None,
    )
