"""What a delivery's outcome brings about, in the transaction that ends its claim.

What a refusal leads to stands in `bot.services.delivery.refusals`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.act import by_the_bot
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import OUTSIDE, DeliveryKind
from bot.domain.paging.ladders import UNANSWERED, PageState
from bot.domain.staleness import stands
from bot.services.access import invitations
from bot.services.channels import channel as channels_channel
from bot.services.locked import LockedIncident
from bot.services.paging import page_edits
from bot.services.unanswered import managers_told
from bot.store.database import Database
from bot.store.delivery import claims, limits, outbox, posted
from bot.store.delivery.claims import Claimed, ClaimLost, FinishedClaim
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.sql.locking import lock_in_order
from bot.store.tables import Incident, Page
from bot.store.transaction import Transaction

# Slack takes about one post a second in a channel; more are not promised to be kept.
BETWEEN_POSTS = timedelta(seconds=1)
_POSTS = frozenset(DeliveryKind) - {
    DeliveryKind.ROOM_CREATE,
    DeliveryKind.ROOM_INVITE,
    DeliveryKind.ROOM_REMOVE,
    DeliveryKind.CARD_PIN,
    DeliveryKind.HOME,
    *OUTSIDE,
}
_PAGES = frozenset({DeliveryKind.PAGE, DeliveryKind.CANARY})
LONG = timedelta(seconds=60)
"""A limit that lasts longer is more than people can wait: see `bot.services.paging.long_limits`."""
_FOLLOWED = _PAGES | {DeliveryKind.ROOM_CREATE, DeliveryKind.CARD_POST, DeliveryKind.EXHAUSTED}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What Slack answered: where it stands now. `name` is a new channel's.

    `found`: it was looked for, and says what was true when it was posted. `private`: a new channel
    is. `left_out`: people whom Slack did not invite with the others.
    """

    channel: str | None = None
    ts: str | None = None
    name: str | None = None
    found: bool = False
    private: bool | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class At:
    """The moment in both times: the product's, and the machine's for leases and limits."""

    now: datetime
    real: datetime


@dataclass(frozen=True, slots=True)
class Retry:
    """When a delivery is tried again, and why.

    `unknown`: Slack may have it already. `in_order`: what stands behind it in its lane waits too;
    otherwise it goes ahead.
    """

    wait: timedelta
    error: str
    unknown: bool = False
    looked_up: bool = False
    used_attempt: bool = True
    in_order: bool = False


def sent(db: Database, claimed: Claimed, accepted: Accepted, at: At) -> bool:
    """Slack accepted it. False when somebody else held the claim by then: nothing changes."""
    try:
        sent_together(db, [(claimed, accepted)], at)
    except ClaimLost:
        return False
    return True


def sent_together(db: Database, outcomes: Sequence[tuple[Claimed, Accepted]], at: At) -> None:
    """Slack accepted several. Raises ClaimLost, and changes nothing, when one claim was lost.

    The incidents are locked before their lanes, as by every service, and each in one order: nobody
    deadlocks, and what follows sees an acknowledgement that came while a page was on its way.
    """
    followed = {one.incident_id for one, _ in outcomes if one.kind in _FOLLOWED}
    ended = [
        FinishedClaim(one, there.channel, there.ts, pauses=one.kind in _POSTS)
        for one, there in outcomes
    ]
    with db.transaction() as tx:
        lock_in_order(tx, Incident, (one for one in followed if one is not None))
        claims.finish_sent(tx, ended, at.now, real=at.real, pause=BETWEEN_POSTS)
        _follow_pages(tx, outcomes, at)
        _edit_found(tx, outcomes, at)
        for claimed, accepted in outcomes:
            _follow(tx, claimed, accepted, at)


def lock_first(tx: Transaction, claimed: Claimed) -> None:
    """The incident before its lanes, as every service does: nobody deadlocks, and what follows
    sees an acknowledgement that came while the message was on its way."""
    if claimed.incident_id is not None:
        incident_rows.lock(tx, claimed.incident_id)


def _follow_pages(tx: Transaction, outcomes: Sequence[tuple[Claimed, Accepted]], at: At) -> None:
    paged = {
        one.subject: (one, there.channel, there.ts)
        for one, there in outcomes
        if one.kind in _PAGES and there.channel and there.ts
    }
    if paged:
        places = [(page, channel, ts) for page, (_, channel, ts) in paged.items()]
        tried_before = [page for page, (one, _, _) in paged.items() if one.attempts > 1]
        after_all = pages.refused_among(tx, tried_before)
        pages.record_sent(tx, at.now, *places)
        for page_id in sorted(after_all):
            _say_that_it_was_taken(tx, paged[page_id][0], at)
        found = {one.subject for one, there in outcomes if there.found and one.subject in paged}
        for page_id in sorted(found | pages.overtaken(tx, paged)):
            _edit_page(tx, paged[page_id][0], at)


def _say_that_it_was_taken(tx: Transaction, claimed: Claimed, at: At) -> None:
    """Its channel has read that this person could not be reached; or it is too late for that."""
    page = pages.page(tx, claimed.subject)
    locked = case_of(tx, claimed, page, at) if page else None
    run = pages.run(tx, page.run_id) if page else None
    if not (page and locked and run):
        return
    if run.state not in UNANSWERED:
        pages.answer(tx, page.id, PageState.SUPERSEDED, at.now, "")
        return
    locked.record(
        EntryKind.REACHED,
        aloud=True,
        person=page.target,
        team=run.team_key,
        name=run.team_name,
    )
    locked.card_changed()
    locked.put_down()


def _follow(tx: Transaction, claimed: Claimed, accepted: Accepted, at: At) -> None:
    act = by_the_bot(claimed.workspace, at.now)
    if claimed.kind is DeliveryKind.ROOM_CREATE and accepted.channel:
        name = accepted.name or ""
        private = accepted.private
        channels_channel.channel_made(
            tx, act, claimed.subject, accepted.channel, name, private=private
        )
    elif claimed.kind is DeliveryKind.EXHAUSTED:
        managers_told.heard(tx, act, claimed)
    elif claimed.kind is DeliveryKind.ROOM_INVITE and accepted.left_out:
        invitations.some_left_out(tx, act, claimed, accepted.left_out)
    elif claimed.kind is DeliveryKind.CARD_POST and accepted.channel and accepted.ts:
        where = accepted.channel, accepted.ts
        channels_channel.card_posted(tx, act, claimed.subject, *where, found=claimed.uncertain)


def _edit_page(tx: Transaction, claimed: Claimed, at: At) -> None:
    """An answer came while the page was on its way, or it has been there for a while."""
    page = pages.page(tx, claimed.subject)
    incident = incident_rows.get(tx, page.incident_id) if page else None
    if page is not None and incident is not None:
        locked = LockedIncident(tx, by_the_bot(claimed.workspace, at.now), incident)
        outbox.enqueue(tx, claimed.workspace, at.now, [page_edits.page_changed(locked, page)])


def _edit_found(tx: Transaction, outcomes: Sequence[tuple[Claimed, Accepted]], at: At) -> None:
    """What else was found says what was true when it was posted."""
    for claimed, there in outcomes:
        if there.found and claimed.kind not in _PAGES and stands(claimed.kind):
            edit = posted.edit(posted.of(claimed), claimed.workspace.team_id, at.now)
            outbox.enqueue(tx, claimed.workspace, at.now, [edit])


def repeats(db: Database, claimed: Claimed) -> None:
    """Slack may have this page, and it is about to be posted again: it says so from now on."""
    with db.transaction() as tx:
        pages.mark_repeat(tx, claimed.subject)


def moot(db: Database, claimed: Claimed, why: str, at: At) -> None:
    """There is nothing to say any more."""
    with db.transaction() as tx:
        claims.finish(tx, claimed, DeliveryState.CANCELLED, real=at.real, error=why)


def again(db: Database, claimed: Claimed, retry: Retry, at: At) -> None:
    """To be tried again."""
    wait, in_order = retry.wait, retry.in_order
    with db.transaction() as tx:
        claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at if in_order else at.now + wait,
            block_lane=wait if in_order else timedelta(0),
            state=DeliveryState.UNKNOWN if retry.unknown else DeliveryState.DUE,
            error=retry.error,
            used_attempt=retry.used_attempt,
            looked_up=retry.looked_up,
        )


def rate_limited(
    db: Database, claimed: Claimed, after: timedelta, scope: str | None, at: At
) -> None:
    """Slack said 429: the lane (and the method, with `scope`) rests, for every replica.

    It costs no attempt. A lane that rests for long is named.
    """
    with db.transaction() as tx:
        held = claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at,
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error=limits.RATE_LIMITED,
            used_attempt=False,
            block_lane=after,
        )
        until = at.real + after
        if held and scope is not None:
            limits.block(tx, claimed.workspace, scope, until, limits.RATE_LIMITED)
        if held and after > LONG and claimed.kind in _POSTS:
            limits.refuse_lane(tx, claimed.workspace, claimed.lane, until, limits.RATE_LIMITED)


def case_of(tx: Transaction, claimed: Claimed, page: Page, at: At) -> LockedIncident | None:
    incident = incident_rows.lock(tx, page.incident_id)
    if incident is None:
        return None
    return LockedIncident(tx, by_the_bot(claimed.workspace, at.now), incident)
