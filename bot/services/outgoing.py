"""What a delivery says, looked up when it is sent: true then, and nothing lies in the queue."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.clockwork import is_old_news
from bot.domain.duework import DeliveryKind
from bot.domain.ids import DeliveryId
from bot.policy import Policy
from bot.services import (
    digests,
    homes,
    in_channel,
    invitations,
    losing_access,
    room_news,
    to_admitted,
    to_charged,
    to_paged,
    to_people,
    to_reminded,
)
from bot.services.access import identify
from bot.services.letters import Letter, Moot, Prepared
from bot.services.shelf import Shelf
from bot.services.to_people import KEPT_OUT, Say
from bot.store import people
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.store.tables import Delivery


def prepare(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    """Return what a claimed delivery says or does now."""
    if claimed.kind is DeliveryKind.HOME:
        return _home(db, policy, claimed, now)
    if claimed.kind is DeliveryKind.DIGEST:
        return _digest(db, policy, claimed, now)
    with db.reading() as tx:
        return _prepare(Shelf(tx, [claimed]), policy, claimed, now)


def prepare_many(
    db: Database, policy: Policy, batch: Sequence[Claimed], now: datetime
) -> list[Prepared]:
    """Prepare what was claimed together, in one look; neither digests nor Home tabs."""
    with db.reading() as tx:
        shelf = Shelf(tx, batch)
        return [_prepare(shelf, policy, claimed, now) for claimed in batch]


_NEWS = frozenset(
    {DeliveryKind.NOTICE, DeliveryKind.ASSIGNED, DeliveryKind.ROOM_LOST}
    | {DeliveryKind.ACCESS_REQUEST, DeliveryKind.ACCESS_ANSWER, DeliveryKind.INVITATION_ENDED}
)
"""What tells that something has just happened. The others name their moments themselves."""


def _prepare(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    prepared = _PREPARE[claimed.kind](shelf, policy, claimed, now)
    if claimed.kind not in _NEWS or not isinstance(prepared, Letter):
        return prepared
    return replace(prepared, since=_since(claimed.created_at, now))


def _since(happened: datetime, told: datetime) -> datetime | None:
    return happened if is_old_news(happened, told) else None


def _home(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    act = identify(db, policy, claimed.workspace, claimed.subject, now)
    if act is None:
        return Moot("this person is unknown")
    return Letter(homes.home(db, act), person=claimed.subject)


def _digest(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    with db.reading() as tx:
        view = digests.planned_view(tx, policy, claimed.workspace, claimed.args)
    if view is None:
        return Moot("the policy no longer has this digest")
    if claimed.args.get("channel"):
        return Letter(view, channel=claimed.args["channel"])
    reader = identify(db, policy, claimed.workspace, claimed.target or "", now)
    if reader is not None and reader.kept_out:
        return KEPT_OUT
    return Letter(view, person=claimed.target)


def _digest_stands(shelf: Shelf, policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    view = digests.planned_view(shelf.tx, policy, claimed.workspace, claimed.args)
    return Letter(view) if view else Moot("the policy no longer has this digest")


def _edit(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    """Say anew what stands, as it is true now."""
    row = shelf.posted(claimed.subject)
    if row is None or row.slack_channel is None or row.slack_ts is None:
        # Where it may be found yet it is edited then: see `delivered`.
        return Moot("it was not posted anywhere")
    says = STANDS.get(row.kind)
    if says is None:
        return Moot("a kind of another release")
    letter = says(shelf, policy, _that_posted(shelf, claimed, row), now)
    if not isinstance(letter, Letter):
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


def _that_posted(shelf: Shelf, edit: Claimed, row: Delivery) -> Claimed:
    """Return the delivery as it was claimed, with the person who reads it as its target.

    Where the one for whom it was planned was kept out, somebody else was told.
    """
    known = people.of_direct_messages(shelf.tx, edit.workspace, [row.slack_channel or ""])
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
    DeliveryKind.PAGE: to_paged.page,
    DeliveryKind.CANARY: to_paged.canary,
    DeliveryKind.CANARY_UPDATE: to_paged.page_update,
    DeliveryKind.PAGE_UPDATE: to_paged.page_update,
    DeliveryKind.ROOM_CREATE: in_channel.room,
    DeliveryKind.ROOM_INVITE: in_channel.invite,
    DeliveryKind.ROOM_REMOVE: in_channel.remove,
    DeliveryKind.CARD_POST: in_channel.card_post,
    DeliveryKind.CARD_UPDATE: in_channel.card_update,
    DeliveryKind.CARD_PIN: in_channel.pin,
    DeliveryKind.NOTICE: in_channel.notice,
    DeliveryKind.REMINDER: to_reminded.reminder,
    DeliveryKind.TASK_REMINDER: to_reminded.task,
    DeliveryKind.UPDATE_REMINDER: to_reminded.update_due,
    DeliveryKind.UNANSWERED: to_charged.unanswered,
    DeliveryKind.EXHAUSTED: to_charged.exhausted,
    DeliveryKind.ACCESS_REQUEST: to_admitted.access_request,
    DeliveryKind.ACCESS_ANSWER: to_admitted.access_answer,
    DeliveryKind.ASSIGNED: to_people.assigned,
    DeliveryKind.ROOM_LOST: room_news.room_lost,
    DeliveryKind.UNEDITED: to_people.unedited,
    DeliveryKind.UNINVITED: invitations.uninvited,
    DeliveryKind.INVITATION_ENDED: losing_access.invitation_ended,
    DeliveryKind.MESSAGE_EDIT: _edit,
}

STANDS: Mapping[DeliveryKind, Say] = {
    DeliveryKind.CARD_POST: in_channel.card_stands,
    DeliveryKind.NOTICE: in_channel.notice_stands,
    DeliveryKind.REMINDER: to_reminded.reminder_stands,
    DeliveryKind.TASK_REMINDER: to_reminded.task_stands,
    DeliveryKind.UPDATE_REMINDER: to_reminded.update_due_stands,
    DeliveryKind.UNANSWERED: to_charged.unanswered_stands,
    DeliveryKind.EXHAUSTED: to_charged.exhausted_stands,
    DeliveryKind.ACCESS_REQUEST: to_admitted.access_request_stands,
    DeliveryKind.ACCESS_ANSWER: to_admitted.access_answer_stands,
    DeliveryKind.ASSIGNED: to_people.assigned_stands,
    DeliveryKind.ROOM_LOST: room_news.room_lost_stands,
    DeliveryKind.DIGEST: _digest_stands,
}
"""What a message says that stands; a page and the card know themselves where they do."""
