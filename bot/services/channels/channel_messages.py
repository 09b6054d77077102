"""Looks up, at send time, what to do to an incident's channel and what to post there."""

from datetime import datetime, timedelta
from typing import Never

from bot.domain.access.visibility import Place, by_invitation
from bot.domain.channels.channel_messages import (
    CardPostArgs,
    ChannelCreateArgs,
    ChannelInviteArgs,
    ChannelLost,
    ChannelLostArgs,
    ChannelRemoveArgs,
    NoticeArgs,
)
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.timeline import CLAIMS, EntryKind
from bot.domain.incidents.views import Card, Head, InCharge, MovedCard, Notice
from bot.domain.paging.ladders import RunState
from bot.policy import Policy
from bot.services import views
from bot.services.delivery.content import ChannelCall, Content, MessageContent, NothingToSay, NotYet
from bot.services.incidents import duplicates
from bot.services.incidents.queries import card_of
from bot.services.lookups import Lookups
from bot.services.people.person_messages import KEPT_OUT, NO_INCIDENT, for_person
from bot.services.unanswered import managers_told
from bot.store.delivery import missed_notices
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.delivery.missed_notices import OUT_OF_REACH
from bot.store.incidents import timeline
from bot.store.tables import Incident, TimelineEntry
from bot.store.tables.states import ROOMLESS, ChannelState

# A shared channel that has not accepted the card by then will not accept it later.
THREAD_WAIT = timedelta(minutes=10)


def channel_create(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[ChannelCreateArgs], _now: datetime
) -> Content[Never]:
    incident = lookups.incident(claimed.subject)
    if incident is None or incident.room not in ROOMLESS:
        return NothingToSay("the channel is there")
        # A restricted escalation gets a private channel, whatever the policy sets for the rest.
    private = policy.channel.private or by_invitation(incident.tier)
    args = claimed.args
    return ChannelCall(incident.id, incident.number, private=private, was=args.was)


def channel_invite(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[ChannelInviteArgs], _now: datetime
) -> Content[Never]:
    incident = lookups.incident(claimed.subject)
    if incident is None or incident.room is not ChannelState.CHANNEL:
        return NothingToSay("no channel; everyone is invited when it is made")
    if claimed.attempts > 1 and incident.ended_at is not None:
        return NothingToSay("the escalation has ended")
    inside = lookups.participants(incident.id)
    users = tuple(
        user
        for user in claimed.args.users
        if user in inside and not lookups.kept_out(claimed.workspace, user)
    )
    if not users:
        return NothingToSay("no one is left to invite")
    return ChannelCall(incident.id, incident.number, channel=incident.channel_id, users=users)


def channel_remove(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[ChannelRemoveArgs], _now: datetime
) -> Content[Never]:
    incident, user = lookups.incident(claimed.subject), claimed.args.user
    if incident is None or incident.room is not ChannelState.CHANNEL:
        return NothingToSay("no channel")
    if user in lookups.participants(incident.id):
        return NothingToSay("let in meanwhile")
    return ChannelCall(incident.id, incident.number, channel=incident.channel_id, removed=user)


def card_pin(lookups: Lookups, _policy: Policy, claimed: Claimed, _now: datetime) -> Content[Never]:
    incident = lookups.incident(claimed.subject)
    if incident is None or incident.room is not ChannelState.CHANNEL or incident.card_ts is None:
        return NothingToSay("no card to pin")
    return ChannelCall(
        incident.id, incident.number, channel=incident.channel_id, card_ts=incident.card_ts
    )


def _placed(incident: Incident, policy: Policy) -> tuple[Head, bool]:
    """Return the incident as its channel may show it, and whether it lives in a thread.

    A shared channel shows less. Rows of earlier releases may record the shared channel as the
    incident's own, so this compares channels too.
    """
    in_thread = incident.room is ChannelState.THREAD
    shared = in_thread or incident.channel_id == policy.channel.shared
    place = Place.BROADCAST if shared else Place.INCIDENT_CHANNEL
    return views.head_in(incident, place), in_thread


def card_post(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[CardPostArgs], now: datetime
) -> Content[Card]:
    incident = lookups.incident(claimed.subject)
    if incident is None or incident.channel_id is None or incident.card_ts is not None:
        return NothingToSay("the card stands")
    wanted_in = claimed.args.channel
    if wanted_in not in (None, incident.channel_id):
        return NothingToSay("the escalation has moved, and has its own card there")
    head, in_thread = _placed(incident, policy)
    card = card_of(lookups.tx, incident, head, now, in_thread=in_thread)
    return MessageContent(card, channel=incident.channel_id)


def card_post_stands(
    lookups: Lookups, policy: Policy, claimed: Claimed, now: datetime
) -> Content[Card | MovedCard]:
    """Return the incident's card, or the remainder to show where the escalation moved away."""
    incident = lookups.incident(claimed.subject)
    if incident is None:
        return NothingToSay("no such escalation")
    if (incident.channel_id, incident.card_ts) == lookups.place_of(claimed):
        head, in_thread = _placed(incident, policy)
        return MessageContent(card_of(lookups.tx, incident, head, now, in_thread=in_thread))
    return MessageContent(MovedCard(views.head_in(incident, Place.BROADCAST)))


def card_update(lookups: Lookups, policy: Policy, claimed: Claimed, now: datetime) -> Content[Card]:
    incident = lookups.incident(claimed.subject)
    if incident is None or incident.room is ChannelState.ARCHIVED or incident.channel_id is None:
        return NothingToSay("no channel")
    if incident.card_ts is None:
        return NothingToSay("the card is not posted yet and will be true when it is")
    head, in_thread = _placed(incident, policy)
    card = card_of(lookups.tx, incident, head, now, in_thread=in_thread)
    return MessageContent(card, channel=incident.channel_id, ts=incident.card_ts)


def notice(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[NoticeArgs], now: datetime
) -> Content[Notice]:
    incident = lookups.incident(claimed.subject)
    entry = timeline.entry(lookups.tx, claimed.subject, claimed.args.seq)
    if incident is None or entry is None:
        return NothingToSay("no such entry")
    if incident.room is ChannelState.ARCHIVED:
        return NothingToSay(missed_notices.WHILE_ARCHIVED)
    if incident.room is ChannelState.WANTED:
        return NotYet("the channel is not made yet")
    if incident.channel_id is None:
        return NothingToSay("no channel and no shared channel")
    if incident.room is ChannelState.THREAD and incident.thread_ts is None:
        if now - claimed.created_at > THREAD_WAIT:
            return NothingToSay("the thread was never begun; the timeline has it")
        return NotYet("the thread is not begun yet")
    if missed_notices.earlier_waits(lookups.tx, claimed):
        return NotYet("what was said before is posted first")
    head, _ = _placed(incident, policy)
    if not head.full:
        return NothingToSay("nothing of a restricted escalation is said in a shared channel")
    view = _notice(lookups, incident, entry, head)
    return MessageContent(view, channel=incident.channel_id, thread_ts=incident.thread_ts)


def notice_stands(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[NoticeArgs], _now: datetime
) -> Content[Notice]:
    """Return a posted notice. In a shared channel that the escalation left, it shows only what
    everyone may see."""
    incident = lookups.incident(claimed.subject)
    entry = timeline.entry(lookups.tx, claimed.subject, claimed.args.seq)
    if incident is None or entry is None:
        return NothingToSay("no such notice")
    channel, _ = lookups.place_of(claimed)
    own = incident.room is not ChannelState.THREAD and channel == incident.channel_id
    shared = not own or channel == policy.channel.shared
    head = views.head_in(incident, Place.BROADCAST if shared else Place.INCIDENT_CHANNEL)
    return MessageContent(_notice(lookups, incident, entry, head))


def _notice(lookups: Lookups, incident: Incident, entry: TimelineEntry, head: Head) -> Notice:
    then = _still_to_be_done(lookups, incident, entry)
    passed = then and entry.kind is EntryKind.EXHAUSTED
    in_charge = managers_told.in_charge(lookups.tx, entry.data["run"]) if passed else InCharge()
    [line] = duplicates.entry_lines(lookups.tx, [entry], duplicates.everyone_sees)
    return Notice(head, line, then=then, in_charge=in_charge)


def _still_to_be_done(lookups: Lookups, incident: Incident, entry: TimelineEntry) -> bool:
    """Tell whether what a notice asks for is still to be done. Most ask for nothing: True."""
    if entry.kind not in CLAIMS:
        return True
    if entry.kind is EntryKind.RESOLVED:
        last = max(timeline.seqs_of(lookups.tx, entry.incident_id, [EntryKind.RESOLVED]))
        return incident.state is State.RESOLVED and entry.seq == last
    run = lookups.run(entry.data.get("run", ""))
    unanswered = run is not None and run.state is RunState.EXHAUSTED
    return unanswered and incident.ended_at is None and not _said_again(lookups, entry)


def _said_again(lookups: Lookups, entry: TimelineEntry) -> bool:
    """Tell whether a later notice makes the same claim about the same run, paged again since."""
    later = [
        timeline.entry(lookups.tx, entry.incident_id, seq)
        for seq in timeline.seqs_of(lookups.tx, entry.incident_id, CLAIMS)
        if seq > entry.seq
    ]
    return any(each.data.get("run") == entry.data.get("run") for each in later if each)


# The channel was lost


def channel_lost(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[ChannelLostArgs], _now: datetime
) -> Content[ChannelLost]:
    incident = lookups.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if lookups.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    view = _channel_lost(lookups, claimed, incident)
    if view.again_at is None:
        return NothingToSay("it has a channel again, or has ended")
    return MessageContent(view, person=claimed.target)


def channel_lost_stands(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[ChannelLostArgs], _now: datetime
) -> Content[ChannelLost]:
    incident = lookups.incident(claimed.subject)
    return (
        NO_INCIDENT
        if incident is None
        else MessageContent(_channel_lost(lookups, claimed, incident))
    )


def _channel_lost(
    lookups: Lookups, claimed: ClaimOf[ChannelLostArgs], incident: Incident
) -> ChannelLost:
    lost = incident.room is ChannelState.ARCHIVED and incident.ended_at is None
    args = claimed.args
    again_at = args.again_at if lost else None
    archived = args.error != OUT_OF_REACH
    return ChannelLost(for_person(lookups, incident, claimed.target or ""), again_at, archived)
