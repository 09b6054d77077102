"""What is said to those who answer for an escalation whose channel was lost."""

from datetime import datetime

from bot.domain.channels.lost_channel import RoomLost
from bot.policy import Policy
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.lookups import Lookups
from bot.services.people.person_messages import KEPT_OUT, NO_INCIDENT, for_person
from bot.store.delivery.claims import Claimed
from bot.store.delivery.missed_notices import OUT_OF_REACH
from bot.store.tables import Incident
from bot.store.tables.states import ChannelState


def room_lost(lookups: Lookups, _policy: Policy, claimed: Claimed, _now: datetime) -> Content:
    incident = lookups.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if lookups.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    view = _view(lookups, claimed, incident)
    if view.again_at is None:
        return NothingToSay("it has a channel again, or has ended")
    return MessageContent(view, person=claimed.target)


def room_lost_stands(
    lookups: Lookups, _policy: Policy, claimed: Claimed, _now: datetime
) -> Content:
    incident = lookups.incident(claimed.subject)
    return NO_INCIDENT if incident is None else MessageContent(_view(lookups, claimed, incident))


def _view(lookups: Lookups, claimed: Claimed, incident: Incident) -> RoomLost:
    lost = incident.room is ChannelState.ARCHIVED and incident.ended_at is None
    again_at = datetime.fromisoformat(claimed.args["again_at"]) if lost else None
    archived = claimed.args.get("error") != OUT_OF_REACH
    return RoomLost(for_person(lookups, incident, claimed.target or ""), again_at, archived)
