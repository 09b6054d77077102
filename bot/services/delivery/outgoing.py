"""Looks up a delivery's content at send time, so the text is current and the queue holds none."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.delivery.old_news import is_old_news
from bot.domain.ids import DeliveryId
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.delivery.message_kinds import MessageKinds, Rows
from bot.store.database import Database
from bot.store.delivery.claims import Claimed
from bot.store.tables import Delivery

_OF_ANOTHER_RELEASE = NothingToSay("a kind of another release")


def prepare(
    kinds: MessageKinds[Rows], db: Database, policy: Policy, claimed: Claimed, now: datetime
) -> Content[Any]:
    """Return what a claimed delivery says or does now."""
    slowly = kinds.rows[claimed.kind].look_up_slowly
    if slowly is not None:
        return _of_kind(slowly(db, policy, claimed, now), claimed.kind)
    with db.reading() as tx:
        return _prepare(kinds, kinds.lookups(tx, [claimed]), policy, claimed, now)


def prepare_many(
    kinds: MessageKinds[Rows],
    db: Database,
    policy: Policy,
    batch: Sequence[Claimed],
    now: datetime,
) -> list[Content[Any]]:
    """Prepare a batch in one snapshot. Kinds that are looked up slowly may not be in it."""
    with db.reading() as tx:
        lookups = kinds.lookups(tx, batch)
        return [_prepare(kinds, lookups, policy, claimed, now) for claimed in batch]


def _prepare(
    kinds: MessageKinds[Rows], lookups: Rows, policy: Policy, claimed: Claimed, now: datetime
) -> Content[Any]:
    if claimed.kind is DeliveryKind.MESSAGE_EDIT:
        return _edit(kinds, lookups, policy, claimed, now)
    row = kinds.rows[claimed.kind]
    if row.look_up is None:
        return _OF_ANOTHER_RELEASE
    prepared = row.look_up(lookups, policy, claimed, now)
    return _of_kind(prepared, claimed.kind, _since(claimed.created_at, now) if row.news else None)


def _of_kind(
    prepared: Content[Any], kind: DeliveryKind, since: datetime | None = None
) -> Content[Any]:
    if isinstance(prepared, MessageContent):
        return replace(prepared, kind=kind, since=since)
    return prepared


def _since(happened: datetime, told: datetime) -> datetime | None:
    return happened if is_old_news(happened, told) else None


def _edit(
    kinds: MessageKinds[Rows], lookups: Rows, policy: Policy, claimed: Claimed, now: datetime
) -> Content[Any]:
    """Look up a posted message again, as it is true now."""
    posted = lookups.posted(claimed.subject)
    if posted is None or posted.slack_channel is None or posted.slack_ts is None:
        # If a search finds it later, it is edited then: see `outcomes._edit_found`.
        return NothingToSay("it was not posted anywhere")
    # A newer release may have posted it, as a kind that this release does not know.
    row = kinds.rows.get(posted.kind)
    if row is None or row.stands is None:
        return _OF_ANOTHER_RELEASE
    message = row.stands(lookups, policy, _that_posted(kinds, lookups, claimed, posted), now)
    if not isinstance(message, MessageContent):
        return message
    return replace(
        message,
        channel=posted.slack_channel,
        ts=posted.slack_ts,
        person=None,
        thread_ts=None,
        kind=posted.kind,
        since=_since(posted.created_at, _posted_at(posted)) if row.news else None,
    )


def _posted_at(row: Delivery) -> datetime:
    """Return when a message was posted: its Slack timestamp says so."""
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(float(row.slack_ts or ""), UTC)
    return row.created_at


def _that_posted(kinds: MessageKinds[Rows], lookups: Rows, edit: Claimed, row: Delivery) -> Claimed:
    """Return the posting delivery as if it were claimed, with its actual reader as the target.

    If the planned reader was kept out, another person got the message.
    """
    return edit._replace(
        id=DeliveryId(row.id),
        kind=row.kind,
        subject=row.subject,
        target=lookups.reader_in(edit.workspace, row.slack_channel) or row.target or None,
        thread_ts=row.thread_ts,
        stored_args=row.args,
        reads=kinds.rows[row.kind].args,
        created_at=row.created_at,
    )
