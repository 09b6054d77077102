"""The incident's channel: what its making, and its failure, bring about.

What Slack answered is about the place that it was asked for. The incident may have moved since, out
of a shared channel into one of its own: an outcome of the old place changes nothing there.
"""

from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.domain.act import Act
from bot.domain.duework import DeliveryKind, TimerKind
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.domain.visibility import by_invitation
from bot.policy import Policy
from bot.services.case import Case
from bot.services.standing import keep_true
from bot.store import held, incidents, timers
from bot.store.database import Database
from bot.store.tables.states import ROOMLESS, RoomState
from bot.store.timers import NewTimer
from bot.store.transaction import Transaction

REPAIR_EVERY = timedelta(minutes=30)


def _case(tx: Transaction, act: Act, incident_id: str) -> Case | None:
    incident = incidents.lock(tx, incident_id)
    return None if incident is None else Case(tx, act, incident)


def channel_made(
    tx: Transaction,
    act: Act,
    incident_id: str,
    channel: str,
    name: str,
    *,
    private: bool | None = None,
) -> None:
    """The channel is there: bring everyone in, post the card."""
    case = _case(tx, act, incident_id)
    if case is None or case.incident.channel_id == channel:
        return
    if private is False and by_invitation(case.incident.tier):
        # It was tightened while Slack made this one: nothing of it belongs here.
        case.post(DeliveryKind.ROOM_CREATE, f"room:{case.id}:instead:{channel}")
        case.put_down()
        return
    case.change(
        channel_id=channel,
        channel_name=name,
        channel_private=private,
        room=RoomState.CHANNEL,
        thread_ts=None,
        card_ts=None,
    )
    seq = case.record(EntryKind.ROOM, channel=channel)
    _bring_everyone_in(case, channel, seq)
    _post_card(case, f"{channel}:{seq}")
    keep_true(case, Change.ROOM)
    held.say_after_all(tx, act.workspace, case.id, case.own_lane, act.now)
    case.put_down()


def _bring_everyone_in(case: Case, channel: str, seq: int) -> None:
    users = incidents.participants(case.tx, case.id)
    case.post(DeliveryKind.ROOM_INVITE, f"invite:{case.id}:{channel}:{seq}", users=users)


def _post_card(case: Case, about: str) -> None:
    """For this place alone: once the escalation has moved, a card for the old one is not posted."""
    key = f"card-post:{case.id}:{about}"
    case.post(DeliveryKind.CARD_POST, key, channel=case.incident.channel_id)


def leave_public_channel(case: Case, policy: Policy) -> str | None:
    """Where an incident's channel is open to all, it moves to a private one; return the old one.

    The bot cannot make a channel private. A channel of which that is not known is taken for what
    the policy makes.
    """
    incident = case.incident
    known = incident.channel_private
    private = policy.channel.private if known is None else known
    if incident.room not in (RoomState.CHANNEL, RoomState.ARCHIVED) or private:
        return None
    old = incident.channel_id
    case.change(
        room=RoomState.WANTED,
        channel_id=None,
        channel_name=None,
        channel_private=None,
        thread_ts=None,
        card_ts=None,
    )
    case.post(DeliveryKind.ROOM_CREATE, f"room:{case.id}:private:{case.act.now.isoformat()}")
    return old


def channel_failed(tx: Transaction, policy: Policy, act: Act, incident_id: str, error: str) -> None:
    """The channel cannot be made: live on in a thread, say so, and try again later."""
    case = _case(tx, act, incident_id)
    if case is None or case.incident.room not in ROOMLESS:
        return
    if case.incident.room is RoomState.WANTED:
        fallback = policy.channel.fallback
        case.change(room=RoomState.THREAD, channel_id=fallback)
        case.record(EntryKind.ROOM, thread=fallback, error=error)
        if fallback is not None:
            _post_card(case, "thread")
    _plan_repair(case, act.now + REPAIR_EVERY)
    case.put_down()


def _plan_repair(case: Case, due: datetime) -> None:
    timers.cancel(case.tx, TimerKind.ROOM_REPAIR, case.id)
    case.plan(NewTimer(TimerKind.ROOM_REPAIR, case.id, due.isoformat(), due, case.id))


def reopened(case: Case) -> None:
    """Nobody tried again while it was ended: a channel is tried for at once."""
    if case.incident.room is RoomState.THREAD:
        _plan_repair(case, case.act.now)
    elif case.incident.room is RoomState.ARCHIVED:
        _ask_for_another(case)


def repair_due(case: Case) -> None:
    """Try again to make a channel that could not be made, or another for one that was archived."""
    if case.incident.ended_at:
        return
    if case.incident.room is RoomState.THREAD:
        key = f"room:{case.id}:{case.act.now.isoformat()}"
        case.post(DeliveryKind.ROOM_CREATE, key)
    elif case.incident.room is RoomState.ARCHIVED:
        _ask_for_another(case)


def _ask_for_another(case: Case) -> None:
    """No bot can unarchive a channel: where no person has, another is made."""
    timers.cancel(case.tx, TimerKind.ROOM_REPAIR, case.id)
    was = case.incident.channel_id
    case.change(room=RoomState.WANTED, channel_id=None, channel_name=None, card_ts=None)
    key = f"room:{case.id}:{case.act.now.isoformat()}"
    case.post(DeliveryKind.ROOM_CREATE, key, was=was)
    keep_true(case, Change.ROOM)


def card_posted(
    tx: Transaction, act: Act, incident_id: str, channel: str, ts: str, *, found: bool = False
) -> None:
    """Remember where the card stands; in a channel it is pinned, in a thread it is the root.

    One that was `found` after a while says what was true when it was posted: it is edited.
    """
    case = _case(tx, act, incident_id)
    if case is None:
        return
    in_thread = case.incident.room is RoomState.THREAD
    if not in_thread and channel != case.incident.channel_id:
        # Taken in the shared channel before the incident had its own, stored after.
        return
    case.change(card_ts=ts, thread_ts=ts if in_thread else None, channel_id=channel)
    if not in_thread:
        case.post(DeliveryKind.CARD_PIN, f"pin:{case.id}:{ts}")
    if found:
        case.card_changed()
    case.put_down()


def card_lost(tx: Transaction, act: Act, incident_id: str, channel: str, ts: str) -> None:
    """Somebody deleted the card: post it again."""
    case = _case(tx, act, incident_id)
    if case is None or (case.incident.channel_id, case.incident.card_ts) != (channel, ts):
        return
    case.change(card_ts=None)
    _post_card(case, f"after:{ts}")
    case.put_down()


def card_refused(tx: Transaction, act: Act, incident_id: str, channel: str, error: str) -> None:
    """Nor can the shared channel be written to: until the repair, the incident has no place."""
    case = _case(tx, act, incident_id)
    if case is None or case.incident.channel_id != channel:
        return
    if case.incident.room is RoomState.THREAD and case.incident.card_ts is None:
        _without_place(case, error)
        case.put_down()


def _without_place(case: Case, error: str) -> None:
    case.record(EntryKind.ROOM, thread=None, error=error)
    case.change(channel_id=None, thread_ts=None, card_ts=None)


def channel_lost(
    tx: Transaction,
    policy: Policy,
    act: Act,
    incident_id: str,
    channel: str,
    error: str,
    happened: float | None = None,
) -> None:
    """The channel was archived, or is out of reach: nothing is posted there, and what is to be said
    waits. `error` is one of `held.GONE`.

    Who answers for an open incident is told; it gets another channel unless this one comes back.
    Where it was the shared one, the incident has no place until it gets its own. `happened`: when,
    by Slack's clock, where an event told of it; an event that is older than what is known tells
    nothing, and what it missed is found out with the next message.
    """
    case = _case(tx, act, incident_id)
    if case is None or case.incident.channel_id != channel or _is_old(case, happened):
        return
    match case.incident.room:
        case RoomState.CHANNEL:
            case.change(room=RoomState.ARCHIVED)
            told = _told(happened)
            seq = case.record(EntryKind.ROOM, channel=channel, error=error, **told)
            keep_true(case, Change.ROOM)
            if case.incident.ended_at is None:
                _tell_that_it_is_lost(case, policy, seq, error)
        case RoomState.THREAD:
            _without_place(case, error)
        case RoomState.WANTED | RoomState.ARCHIVED:
            return
        case never:
            assert_never(never)
    case.put_down()


def _tell_that_it_is_lost(case: Case, policy: Policy, seq: int, error: str) -> None:
    again_at = case.act.now + REPAIR_EVERY
    _plan_repair(case, again_at)
    told = dict.fromkeys((case.incident.owner, *policy.managers_on_duty))
    for user in filter(None, told):
        key = f"room-lost:{case.id}:{seq}:{user}"
        at = again_at.isoformat()
        case.tell(DeliveryKind.ROOM_LOST, user, case.id, key, again_at=at, error=error)


def is_place_of(db: Database, incident_id: str, channel: str) -> bool:
    """Tell whether an incident lives in this channel now, or in a thread of it."""
    with db.reading() as tx:
        incident = incidents.get(tx, incident_id)
    return incident is not None and incident.channel_id == channel


def _is_old(case: Case, happened: float | None) -> bool:
    """Slack delivers events out of order, and what was not answered once more much later."""
    known = incidents.newest_of_room(case.tx, case.id)
    newest = known.data.get("happened") if known is not None else None
    return happened is not None and newest is not None and happened < float(newest)


def _told(happened: float | None) -> dict[str, Any]:
    return {} if happened is None else {"happened": happened}


def channel_restored(
    tx: Transaction, act: Act, incident_id: str, channel: str, happened: float | None = None
) -> None:
    """Somebody unarchived the channel, or brought the bot back in: what waited is said.

    `happened`: as for one that was archived.
    """
    case = _case(tx, act, incident_id)
    if case is None or case.incident.channel_id != channel or _is_old(case, happened):
        return
    if case.incident.room is not RoomState.ARCHIVED:
        return
    timers.cancel(tx, TimerKind.ROOM_REPAIR, case.id)
    case.change(room=RoomState.CHANNEL)
    seq = case.record(EntryKind.ROOM, channel=channel, restored=True, **_told(happened))
    _bring_everyone_in(case, channel, seq)
    if case.incident.card_ts is None:
        _post_card(case, f"{channel}:{seq}")
    case.card_changed()
    keep_true(case, Change.ROOM)
    held.say_after_all(tx, act.workspace, case.id, case.own_lane, act.now)
    case.put_down()
