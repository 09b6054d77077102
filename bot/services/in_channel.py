"""What is done to an incident's channel, and said in it: as it is true when it is sent."""

from datetime import datetime, timedelta

from bot.domain.lifecycle import State
from bot.domain.paging import RunState
from bot.domain.reading import Head, InCharge, MovedCard, Notice
from bot.domain.timeline import CLAIMS, EntryKind
from bot.domain.visibility import Place, by_invitation
from bot.policy import Policy
from bot.services import duplicates, told, views
from bot.services.letters import Letter, Moot, NotYet, Prepared, RoomCall
from bot.services.reading import card_of
from bot.services.shelf import Shelf
from bot.store import held, incidents, posted
from bot.store.claims import Claimed
from bot.store.tables import Incident, TimelineEntry
from bot.store.tables.states import ROOMLESS, RoomState

# A shared channel that does not take the card will not take it later either.
THREAD_WAIT = timedelta(minutes=10)


def room(shelf: Shelf, policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.room not in ROOMLESS:
        return Moot("the channel is there")
    # What the policy wants for all of them gives nobody a seat where only the invited may be.
    private = policy.channel.private or by_invitation(incident.tier)
    return RoomCall(incident.id, incident.number, private=private, was=claimed.args.get("was"))


def invite(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.room is not RoomState.CHANNEL:
        return Moot("no channel; everyone is invited when it is made")
    if claimed.attempts > 1 and incident.ended_at is not None:
        return Moot("the escalation has ended")
    inside = shelf.participants(incident.id)
    users = tuple(
        user
        for user in claimed.args.get("users", ())
        if user in inside and not shelf.kept_out(claimed.workspace, user)
    )
    if not users:
        return Moot("no one is left to invite")
    return RoomCall(incident.id, incident.number, channel=incident.channel_id, users=users)


def remove(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident, user = shelf.incident(claimed.subject), claimed.args["user"]
    if incident is None or incident.room is not RoomState.CHANNEL:
        return Moot("no channel")
    if user in shelf.participants(incident.id):
        return Moot("let in meanwhile")
    return RoomCall(incident.id, incident.number, channel=incident.channel_id, removed=user)


def pin(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.room is not RoomState.CHANNEL or incident.card_ts is None:
        return Moot("no card to pin")
    return RoomCall(
        incident.id, incident.number, channel=incident.channel_id, card_ts=incident.card_ts
    )


def _placed(incident: Incident, policy: Policy) -> tuple[Head, bool]:
    """The incident as its own channel shows it, or as a shared one may.

    The channel is asked for too: rows of earlier releases may say of the shared one that it is the
    incident's own.
    """
    in_thread = incident.room is RoomState.THREAD
    shared = in_thread or incident.channel_id == policy.channel.fallback
    place = Place.BROADCAST if shared else Place.INCIDENT_CHANNEL
    return views.head_in(incident, place), in_thread


def card_post(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.channel_id is None or incident.card_ts is not None:
        return Moot("the card stands")
    if claimed.args.get("channel", incident.channel_id) != incident.channel_id:
        return Moot("the escalation has moved, and has its own card there")
    head, in_thread = _placed(incident, policy)
    card = card_of(shelf.tx, incident, head, now, in_thread=in_thread)
    return Letter(card, channel=incident.channel_id)


def card_stands(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    """The incident's card, or what is left of it where the escalation has moved away."""
    incident = shelf.incident(claimed.subject)
    if incident is None:
        return Moot("no such escalation")
    channel, ts = claimed.args["at"]
    if (incident.channel_id, incident.card_ts) == (channel, ts):
        head, in_thread = _placed(incident, policy)
        return Letter(card_of(shelf.tx, incident, head, now, in_thread=in_thread))
    return Letter(MovedCard(views.head_in(incident, Place.BROADCAST)))


def card_update(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.room is RoomState.ARCHIVED or incident.channel_id is None:
        return Moot("no channel")
    if incident.card_ts is None:
        return Moot("the card is not posted yet and will be true when it is")
    head, in_thread = _placed(incident, policy)
    card = card_of(shelf.tx, incident, head, now, in_thread=in_thread)
    return Letter(card, channel=incident.channel_id, ts=incident.card_ts)


def notice(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    entry = incidents.entry(shelf.tx, claimed.subject, int(claimed.args["seq"]))
    if incident is None or entry is None:
        return Moot("no such entry")
    if incident.room is RoomState.ARCHIVED:
        return Moot(held.WHILE_ARCHIVED)
    if incident.room is RoomState.WANTED:
        return NotYet("the channel is not made yet")
    if incident.channel_id is None:
        return Moot("no channel and no fallback channel")
    if incident.room is RoomState.THREAD and incident.thread_ts is None:
        if now - claimed.created_at > THREAD_WAIT:
            return Moot("the thread was never begun; the timeline has it")
        return NotYet("the thread is not begun yet")
    if held.earlier_waits(shelf.tx, claimed):
        return NotYet("what was said before is posted first")
    head, _ = _placed(incident, policy)
    if not head.full:
        return Moot("nothing of a restricted escalation is said in a shared channel")
    view = _notice(shelf, incident, entry, head)
    return Letter(view, channel=incident.channel_id, thread_ts=incident.thread_ts)


def notice_stands(shelf: Shelf, policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    """Where the escalation has moved out of a shared channel, its notices there stand still."""
    incident = shelf.incident(claimed.subject)
    entry = incidents.entry(shelf.tx, claimed.subject, int(claimed.args["seq"]))
    if incident is None or entry is None:
        return Moot("no such notice")
    channel, _ = claimed.args["at"]
    own = incident.room is not RoomState.THREAD and channel == incident.channel_id
    shared = not own or channel == policy.channel.fallback
    head = views.head_in(incident, Place.BROADCAST if shared else Place.INCIDENT_CHANNEL)
    return Letter(_notice(shelf, incident, entry, head))


def _notice(shelf: Shelf, incident: Incident, entry: TimelineEntry, head: Head) -> Notice:
    then = _still_to_be_done(shelf, incident, entry)
    passed = then and entry.kind is EntryKind.EXHAUSTED
    in_charge = told.in_charge(shelf.tx, entry.data["run"]) if passed else InCharge()
    [line] = duplicates.entry_lines(shelf.tx, [entry], duplicates.everyone_sees)
    return Notice(head, line, then=then, in_charge=in_charge)


def _still_to_be_done(shelf: Shelf, incident: Incident, entry: TimelineEntry) -> bool:
    """Whether what a notice asks for is still to be done; most ask for nothing."""
    if entry.kind not in CLAIMS:
        return True
    if entry.kind is EntryKind.RESOLVED:
        last = max(posted.seqs_of(shelf.tx, entry.incident_id, [EntryKind.RESOLVED]))
        return incident.state is State.RESOLVED and entry.seq == last
    run = shelf.run(entry.data.get("run", ""))
    unanswered = run is not None and run.state is RunState.EXHAUSTED
    return unanswered and incident.ended_at is None and not _said_again(shelf, entry)


def _said_again(shelf: Shelf, entry: TimelineEntry) -> bool:
    """Whether the same team was paged anew, and came to its end once more."""
    later = [
        incidents.entry(shelf.tx, entry.incident_id, seq)
        for seq in posted.seqs_of(shelf.tx, entry.incident_id, CLAIMS)
        if seq > entry.seq
    ]
    return any(each.data.get("run") == entry.data.get("run") for each in later if each)
