"""What a delivery says, looked up when it is sent: true then, and nothing lies in the queue."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.followups.cadence import is_old_news
from bot.domain.ids import DeliveryId
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.access import access_messages, invitations, revocation
from bot.services.access.identity import identify
from bot.services.channels import channel_messages, lost_channel
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.digests import digest
from bot.services.followups import reminder_messages
from bot.services.incidents import home
from bot.services.lookups import Lookups
from bot.services.paging import page_messages
from bot.services.people import person_messages
from bot.services.people.person_messages import KEPT_OUT, Say
from bot.services.unanswered import manager_messages
from bot.store.database import Database
from bot.store.delivery.claims import Claimed
from bot.store.people import people_and_groups
from bot.store.tables import Delivery


def prepare(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Content:
    """Return what a claimed delivery says or does now."""
    if claimed.kind is DeliveryKind.HOME:
        return _home(db, policy, claimed, now)
    if claimed.kind is DeliveryKind.DIGEST:
        return _digest(db, policy, claimed, now)
    with db.reading() as tx:
        return _prepare(Lookups(tx, [claimed]), policy, claimed, now)


def prepare_many(
    db: Database, policy: Policy, batch: Sequence[Claimed], now: datetime
) -> list[Content]:
    """Prepare what was claimed together, in one look; neither digests nor Home tabs."""
    with db.reading() as tx:
        lookups = Lookups(tx, batch)
        return [_prepare(lookups, policy, claimed, now) for claimed in batch]


_NEWS = frozenset(
    {DeliveryKind.NOTICE, DeliveryKind.ASSIGNED, DeliveryKind.ROOM_LOST}
    | {DeliveryKind.ACCESS_REQUEST, DeliveryKind.ACCESS_ANSWER, DeliveryKind.INVITATION_ENDED}
)
"""What tells that something has just happened. The others name their moments themselves."""


def _prepare(lookups: Lookups, policy: Policy, claimed: Claimed, now: datetime) -> Content:
    prepared = _PREPARE[claimed.kind](lookups, policy, claimed, now)
    if claimed.kind not in _NEWS or not isinstance(prepared, MessageContent):
        return prepared
    return replace(prepared, since=_since(claimed.created_at, now))


def _since(happened: datetime, told: datetime) -> datetime | None:
    return happened if is_old_news(happened, told) else None


def _home(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Content:
    act = identify(db, policy, claimed.workspace, claimed.subject, now)
    if act is None:
        return NothingToSay("this person is unknown")
    return MessageContent(home.home(db, act), person=claimed.subject)


def _digest(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Content:
    with db.reading() as tx:
        view = digest.planned_view(tx, policy, claimed.workspace, claimed.args)
    if view is None:
        return NothingToSay("the policy no longer has this digest")
    if claimed.args.get("channel"):
        return MessageContent(view, channel=claimed.args["channel"])
    reader = identify(db, policy, claimed.workspace, claimed.target or "", now)
    if reader is not None and reader.kept_out:
        return KEPT_OUT
    return MessageContent(view, person=claimed.target)


def _digest_stands(lookups: Lookups, policy: Policy, claimed: Claimed, _now: datetime) -> Content:
    view = digest.planned_view(lookups.tx, policy, claimed.workspace, claimed.args)
    return MessageContent(view) if view else NothingToSay("the policy no longer has this digest")


def _edit(lookups: Lookups, policy: Policy, claimed: Claimed, now: datetime) -> Content:
    """Say anew what stands, as it is true now."""
    row = lookups.posted(claimed.subject)
    if row is None or row.slack_channel is None or row.slack_ts is None:
        # Where it may be found yet it is edited then: see `outcomes`.
        return NothingToSay("it was not posted anywhere")
    says = STANDS.get(row.kind)
    if says is None:
        return NothingToSay("a kind of another release")
    letter = says(lookups, policy, _that_posted(lookups, claimed, row), now)
    if not isinstance(letter, MessageContent):
        return letter
    return replace(
        letter,
        channel=row.slack_channel,
        ts=row.slack_ts,
        person=None,
        thread_ts=None,
        since=_since(row.created_at, _posted_at(row)) if row.kind in _NEWS else None,
    )


def _posted_at(row: Delivery) -> datetime:
    """A message's name in Slack is the moment at which it was posted."""
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(float(row.slack_ts or ""), UTC)
    return row.created_at


def _that_posted(lookups: Lookups, edit: Claimed, row: Delivery) -> Claimed:
    """Return the delivery as it was claimed, with the person who reads it as its target.

    Where the one for whom it was planned was kept out, somebody else was told.
    """
    known = people_and_groups.of_direct_messages(
        lookups.tx, edit.workspace, [row.slack_channel or ""]
    )
    return edit._replace(
        id=DeliveryId(row.id),
        kind=row.kind,
        subject=row.subject,
        target=known.get(row.slack_channel or "", row.target or "") or None,
        thread_ts=row.thread_ts,
        args={**row.args, "at": (row.slack_channel, row.slack_ts)},
        created_at=row.created_at,
    )


_PREPARE: Mapping[DeliveryKind, Say] = {
    DeliveryKind.PAGE: page_messages.page,
    DeliveryKind.CANARY: page_messages.canary,
    DeliveryKind.CANARY_UPDATE: page_messages.page_update,
    DeliveryKind.PAGE_UPDATE: page_messages.page_update,
    DeliveryKind.ROOM_CREATE: channel_messages.room,
    DeliveryKind.ROOM_INVITE: channel_messages.invite,
    DeliveryKind.ROOM_REMOVE: channel_messages.remove,
    DeliveryKind.CARD_POST: channel_messages.card_post,
    DeliveryKind.CARD_UPDATE: channel_messages.card_update,
    DeliveryKind.CARD_PIN: channel_messages.pin,
    DeliveryKind.NOTICE: channel_messages.notice,
    DeliveryKind.REMINDER: reminder_messages.reminder,
    DeliveryKind.TASK_REMINDER: reminder_messages.task,
    DeliveryKind.UPDATE_REMINDER: reminder_messages.update_due,
    DeliveryKind.UNANSWERED: manager_messages.unanswered,
    DeliveryKind.EXHAUSTED: manager_messages.exhausted,
    DeliveryKind.ACCESS_REQUEST: access_messages.access_request,
    DeliveryKind.ACCESS_ANSWER: access_messages.access_answer,
    DeliveryKind.ASSIGNED: person_messages.assigned,
    DeliveryKind.ROOM_LOST: lost_channel.room_lost,
    DeliveryKind.UNEDITED: person_messages.unedited,
    DeliveryKind.UNINVITED: invitations.uninvited,
    DeliveryKind.INVITATION_ENDED: revocation.invitation_ended,
    DeliveryKind.MESSAGE_EDIT: _edit,
}

STANDS: Mapping[DeliveryKind, Say] = {
    DeliveryKind.CARD_POST: channel_messages.card_stands,
    DeliveryKind.NOTICE: channel_messages.notice_stands,
    DeliveryKind.REMINDER: reminder_messages.reminder_stands,
    DeliveryKind.TASK_REMINDER: reminder_messages.task_stands,
    DeliveryKind.UPDATE_REMINDER: reminder_messages.update_due_stands,
    DeliveryKind.UNANSWERED: manager_messages.unanswered_stands,
    DeliveryKind.EXHAUSTED: manager_messages.exhausted_stands,
    DeliveryKind.ACCESS_REQUEST: access_messages.access_request_stands,
    DeliveryKind.ACCESS_ANSWER: access_messages.access_answer_stands,
    DeliveryKind.ASSIGNED: person_messages.assigned_stands,
    DeliveryKind.ROOM_LOST: lost_channel.room_lost_stands,
    DeliveryKind.DIGEST: _digest_stands,
}
"""What a message says that stands; a page and the card know themselves where they do."""
