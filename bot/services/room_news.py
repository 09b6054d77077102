"""What is said to those who answer for an escalation whose channel was lost."""

from datetime import datetime

from bot.domain.messages import RoomLost
from bot.policy import Policy
from bot.services.letters import Letter, Moot, Prepared
from bot.services.shelf import Shelf
from bot.services.to_people import KEPT_OUT, NO_INCIDENT, for_person
from bot.store.claims import Claimed
from bot.store.held import OUT_OF_REACH
from bot.store.tables import Incident
from bot.store.tables.states import RoomState


def room_lost(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if shelf.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    view = _view(shelf, claimed, incident)
    if view.again_at is None:
        return Moot("it has a channel again, or has ended")
    return Letter(view, person=claimed.target)


def room_lost_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    return NO_INCIDENT if incident is None else Letter(_view(shelf, claimed, incident))


def _view(shelf: Shelf, claimed: Claimed, incident: Incident) -> RoomLost:
    lost = incident.room is RoomState.ARCHIVED and incident.ended_at is None
    again_at = datetime.fromisoformat(claimed.args["again_at"]) if lost else None
    archived = claimed.args.get("error") != OUT_OF_REACH
    return RoomLost(for_person(shelf, incident, claimed.target or ""), again_at, archived)
