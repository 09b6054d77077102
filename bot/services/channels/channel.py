"""The incident's channel: what follows when it is made, fails, is lost or comes back.

Slack's answer is about the place that it was asked for. The incident may have moved since, from a
shared channel to its own. Outcomes of the old place then change nothing.
"""

from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.access.visibility import by_invitation
from bot.domain.act import Act
from bot.domain.channels.channel_entries import ChannelEntry
from bot.domain.channels.channel_messages import (
    CardPostArgs,
    ChannelCreateArgs,
    ChannelInviteArgs,
    ChannelLostArgs,
)
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.locked import LockedIncident
from bot.services.staleness import keep_true
from bot.store.access import participants
from bot.store.database import Database
from bot.store.delivery import missed_notices
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.incidents import incident_rows, timeline
from bot.store.tables.states import ROOMLESS, ChannelState
from bot.store.transaction import Transaction

REPAIR_EVERY = timedelta(minutes=30)


def _case(tx: Transaction, act: Act, incident_id: str) -> LockedIncident | None:
    incident = incident_rows.lock(tx, incident_id)
    return None if incident is None else LockedIncident(tx, act, incident)


def channel_made(
    tx: Transaction,
    act: Act,
    incident_id: str,
    channel: str,
    name: str,
    *,
    private: bool | None = None,
) -> None:
    """Move the incident into its new channel, invite everyone and post the card."""
    locked = _case(tx, act, incident_id)
    if locked is None or locked.incident.channel_id == channel:
        return
    if private is False and by_invitation(locked.incident.tier):
        # The incident became restricted while Slack made this public channel.
        locked.post(DeliveryKind.CHANNEL_CREATE, f"room:{locked.id}:instead:{channel}")
        locked.put_down()
        return
    locked.move_into_channel(channel, name, private=private)
    seq = locked.record(ChannelEntry(channel=channel))
    _bring_everyone_in(locked, channel, seq)
    _post_card(locked, f"{channel}:{seq}")
    keep_true(locked, Change.CHANNEL)
    missed_notices.say_after_all(tx, act.workspace, locked.id, locked.own_lane, act.now)
    locked.put_down()


def _bring_everyone_in(locked: LockedIncident, channel: str, seq: int) -> None:
    users = participants.participants(locked.tx, locked.id)
    locked.post(
        DeliveryKind.CHANNEL_INVITE,
        f"invite:{locked.id}:{channel}:{seq}",
        ChannelInviteArgs(tuple(users)),
    )


def _post_card(locked: LockedIncident, about: str) -> None:
    """Post the card to this place only: if the escalation moves first, the card is dropped."""
    key = f"card-post:{locked.id}:{about}"
    locked.post(DeliveryKind.CARD_POST, key, CardPostArgs(locked.incident.channel_id))


def leave_public_channel(locked: LockedIncident, policy: Policy) -> str | None:
    """Move an incident whose channel is open to all to a private one; return the old channel.

    The bot cannot make a channel private. If it does not know whether the channel is private, it
    assumes what the policy sets for new channels.
    """
    incident = locked.incident
    known = incident.channel_private
    private = policy.channel.private if known is None else known
    if incident.room not in (ChannelState.CHANNEL, ChannelState.ARCHIVED) or private:
        return None
    old = incident.channel_id
    locked.want_channel()
    locked.post(
        DeliveryKind.CHANNEL_CREATE, f"room:{locked.id}:private:{locked.act.now.isoformat()}"
    )
    return old


def channel_failed(tx: Transaction, policy: Policy, act: Act, incident_id: str, error: str) -> None:
    """Move the incident to a thread because Slack can't make its channel; try again later."""
    locked = _case(tx, act, incident_id)
    if locked is None or locked.incident.room not in ROOMLESS:
        return
    if locked.incident.room is ChannelState.WANTED:
        shared = policy.channel.shared
        locked.move_into_thread(shared)
        locked.record(ChannelEntry(thread=shared, error=error))
        if shared is not None:
            _post_card(locked, "thread")
    _plan_repair(locked, act.now + REPAIR_EVERY)
    locked.put_down()


def _plan_repair(locked: LockedIncident, due: datetime) -> None:
    timers.cancel(locked.tx, TimerKind.CHANNEL_REPAIR, locked.id)
    locked.plan(NewTimer(TimerKind.CHANNEL_REPAIR, locked.id, due.isoformat(), due, locked.id))


def reopened(locked: LockedIncident) -> None:
    """Try for a channel at once: the bot does not try while the incident is ended."""
    if locked.incident.room is ChannelState.THREAD:
        _plan_repair(locked, locked.act.now)
    elif locked.incident.room is ChannelState.ARCHIVED:
        _ask_for_another(locked)


def repair_due(locked: LockedIncident) -> None:
    """Try again to make a channel that could not be made, or another for one that was archived."""
    if locked.incident.ended_at:
        return
    if locked.incident.room is ChannelState.THREAD:
        key = f"room:{locked.id}:{locked.act.now.isoformat()}"
        locked.post(DeliveryKind.CHANNEL_CREATE, key)
    elif locked.incident.room is ChannelState.ARCHIVED:
        _ask_for_another(locked)


def _ask_for_another(locked: LockedIncident) -> None:
    """Ask for another channel: bots cannot unarchive one, and no person has done so."""
    timers.cancel(locked.tx, TimerKind.CHANNEL_REPAIR, locked.id)
    was = locked.incident.channel_id
    locked.want_channel()
    key = f"room:{locked.id}:{locked.act.now.isoformat()}"
    locked.post(DeliveryKind.CHANNEL_CREATE, key, ChannelCreateArgs(was))
    keep_true(locked, Change.CHANNEL)


def card_posted(
    tx: Transaction, act: Act, incident_id: str, channel: str, ts: str, *, found: bool = False
) -> None:
    """Remember where the card is. In a channel it gets pinned; in a thread it is the root.

    `found`: a search found a card that may be old, so it is edited.
    """
    locked = _case(tx, act, incident_id)
    if locked is None:
        return
    in_thread = locked.incident.room is ChannelState.THREAD
    if not in_thread and channel != locked.incident.channel_id:
        # Posted in the shared channel before the incident got its own, and stored only now.
        return
    locked.place_card(channel, ts, as_thread=in_thread)
    if not in_thread:
        locked.post(DeliveryKind.CARD_PIN, f"pin:{locked.id}:{ts}")
    if found:
        locked.card_changed()
    locked.put_down()


def card_lost(tx: Transaction, act: Act, incident_id: str, channel: str, ts: str) -> None:
    """Post the card again after a person deleted it."""
    locked = _case(tx, act, incident_id)
    if locked is None or (locked.incident.channel_id, locked.incident.card_ts) != (channel, ts):
        return
    locked.forget_card()
    _post_card(locked, f"after:{ts}")
    locked.put_down()


def card_refused(tx: Transaction, act: Act, incident_id: str, channel: str, error: str) -> None:
    """Leave the incident without a place until the repair: the shared channel refuses posts too."""
    locked = _case(tx, act, incident_id)
    if locked is None or locked.incident.channel_id != channel:
        return
    if locked.incident.room is ChannelState.THREAD and locked.incident.card_ts is None:
        _without_place(locked, error)
        locked.put_down()


def _without_place(locked: LockedIncident, error: str) -> None:
    locked.record(ChannelEntry(error=error))
    locked.lose_thread()


def channel_lost(
    tx: Transaction,
    policy: Policy,
    act: Act,
    incident_id: str,
    channel: str,
    error: str,
    happened: float | None = None,
) -> None:
    """Mark the channel as archived or out of reach: nothing is posted there, and notices wait.

    `error` is one of `missed_notices.GONE`. For an open incident, the owner and the managers on
    duty are told, and it gets another channel unless this one comes back. If the channel was the
    shared one, the incident has no place until it gets its own.

    `happened`: the time of Slack's event, by Slack's clock; None if no event told of it. An event
    older than the newest known one is ignored. If that misses a change, the next message finds out.
    """
    locked = _case(tx, act, incident_id)
    if locked is None or locked.incident.channel_id != channel or _is_old(locked, happened):
        return
    match locked.incident.room:
        case ChannelState.CHANNEL:
            locked.mark_archived()
            told = ChannelEntry(channel=channel, error=error, happened=happened)
            seq = locked.record(told)
            keep_true(locked, Change.CHANNEL)
            if locked.incident.ended_at is None:
                _tell_that_it_is_lost(locked, policy, seq, error)
        case ChannelState.THREAD:
            _without_place(locked, error)
        case ChannelState.WANTED | ChannelState.ARCHIVED:
            return
        case never:
            assert_never(never)
    locked.put_down()


def _tell_that_it_is_lost(locked: LockedIncident, policy: Policy, seq: int, error: str) -> None:
    again_at = locked.act.now + REPAIR_EVERY
    _plan_repair(locked, again_at)
    told = dict.fromkeys((locked.incident.owner, *policy.managers_on_duty))
    for user in filter(None, told):
        key = f"room-lost:{locked.id}:{seq}:{user}"
        args = ChannelLostArgs(again_at, error)
        locked.tell(DeliveryKind.CHANNEL_LOST, user, locked.id, key, args=args)


def is_place_of(db: Database, incident_id: str, channel: str) -> bool:
    """Tell whether an incident is in this channel now, or in a thread of it."""
    with db.reading() as tx:
        incident = incident_rows.get(tx, incident_id)
    return incident is not None and incident.channel_id == channel


def _is_old(locked: LockedIncident, happened: float | None) -> bool:
    """Tell whether an event is outdated. Slack delivers out of order, and retries much later."""
    known = timeline.newest_of_room(locked.tx, locked.id)
    newest = known.data.get("happened") if known is not None else None
    return happened is not None and newest is not None and happened < float(newest)


def channel_restored(
    tx: Transaction, act: Act, incident_id: str, channel: str, happened: float | None = None
) -> None:
    """Post what waited: a person unarchived the channel, or brought the bot back in.

    `happened`: as in `channel_lost`.
    """
    locked = _case(tx, act, incident_id)
    if locked is None or locked.incident.channel_id != channel or _is_old(locked, happened):
        return
    if locked.incident.room is not ChannelState.ARCHIVED:
        return
    timers.cancel(tx, TimerKind.CHANNEL_REPAIR, locked.id)
    locked.mark_restored()
    told = ChannelEntry(channel=channel, restored=True, happened=happened)
    seq = locked.record(told)
    _bring_everyone_in(locked, channel, seq)
    if locked.incident.card_ts is None:
        _post_card(locked, f"{channel}:{seq}")
    locked.card_changed()
    keep_true(locked, Change.CHANNEL)
    missed_notices.say_after_all(tx, act.workspace, locked.id, locked.own_lane, act.now)
    locked.put_down()
