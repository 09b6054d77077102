"""Keeps posted messages true: after an event, the messages that it makes untrue are edited.

`bot.domain.kinds` says which events make a kind untrue. The event's transaction enqueues the edits,
each in the lane of the message that it edits, so it comes after that message. A message with an
unknown outcome is edited when it is found (`bot.services.delivery.outcomes`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.act import Act
from bot.domain.delivery.about import About
from bot.domain.incidents.timeline import CLAIMS
from bot.domain.kinds import DeliveryKind, untrue_after
from bot.domain.paging.ladders import PageState
from bot.domain.staleness import Change, KeptTrue
from bot.services.addressing import notice_key
from bot.services.locked import LockedIncident
from bot.services.paging.page_edits import page_changed
from bot.store.delivery import posted
from bot.store.delivery.claims import Claimed
from bot.store.delivery.outbox import Outgoing
from bot.store.delivery.posted import PostedMessage
from bot.store.incidents import timeline
from bot.store.paging import pages
from bot.store.transaction import Transaction

_ALL_OF_THEM = frozenset({Change.WORDS, Change.TIER, Change.PEOPLE})
"""After these, messages that were repeated since are edited too: they name the escalation."""

_ONLY_THE_TAKEN = frozenset({Change.ENDED, Change.REOPENED, Change.CHANNEL})
"""For these, only pages that were acknowledged are edited: they say where the work goes on."""


def keep_true(locked: LockedIncident, change: Change) -> None:
    """Have all messages edited that an event makes untrue, except the channel's card."""
    rows = untrue_after(change)
    kinds = _but_pages(rows)
    if len(kinds) < len(rows):
        _edit_pages(locked, change)
    about = {rows[kind].about for kind in kinds}
    found = posted.of_incident(locked.tx, locked.id, about, kinds)
    if About.DIGEST in about:
        told = posted.of_kind_since(
            locked.tx, locked.incident.team_id, [DeliveryKind.DIGEST], locked.incident.opened_at
        )
        # The edits are about this incident: a refusal by Slack is reported as its own.
        found += [replace(one, incident_id=locked.id) for one in told]
    locked.send(*_edits(locked.tx, locked.act, change, found))


def keep_true_of(locked: LockedIncident, change: Change, *subjects: str) -> None:
    """Do the same for an event of single runs or tasks; messages about others stay as they are."""
    locked.send(*edits(locked.tx, locked.act, change, subjects))


def _but_pages(rows: Mapping[DeliveryKind, KeptTrue]) -> list[DeliveryKind]:
    """Leave out pages: their own rows record where they were posted."""
    return [kind for kind, row in rows.items() if row.about is not About.PAGE]


def edits(tx: Transaction, act: Act, change: Change, subjects: Iterable[str]) -> list[Outgoing]:
    """Return the edits after an event of these runs, tasks, reminders or incidents; no pages."""
    found = posted.of_subjects(tx, subjects, _but_pages(untrue_after(change)))
    return _edits(tx, act, change, [*found, *_that_list_them(tx, found)])


def _that_list_them(tx: Transaction, found: Sequence[PostedMessage]) -> list[PostedMessage]:
    """Return the other 'no one answered' messages about the same incidents: the newest message to
    each reader lists all of that reader's teams."""
    known = {one.id for one in found}
    told = {one.incident_id: one for one in found if one.kind is DeliveryKind.EXHAUSTED}
    return [
        one
        for incident_id in told
        if incident_id is not None
        for one in posted.of_incident(tx, incident_id, [About.RUN], [DeliveryKind.EXHAUSTED])
        if one.id not in known
    ]


def newest_told(tx: Transaction, act: Act, claimed: Claimed) -> list[Outgoing]:
    """Return the edits after a 'no one answered' message was posted: the newest to a reader lists
    what the earlier ones said, and those point to it."""
    if claimed.incident_id is None:
        return []
    about = posted.of_incident(tx, claimed.incident_id, [About.RUN], [DeliveryKind.EXHAUSTED])
    theirs = [one for one in about if one.target == claimed.target and one.sent]
    if len(theirs) < 2:
        return []
    return [posted.edit(one, act.workspace.team_id, act.now) for one in theirs]


def _edits(
    tx: Transaction, act: Act, change: Change, found: Sequence[PostedMessage]
) -> list[Outgoing]:
    if change not in _ALL_OF_THEM:
        found = _that_claim_something(tx, _that_still_ask(found))
    return [posted.edit(one, act.workspace.team_id, act.now) for one in found]


def _that_claim_something(tx: Transaction, found: Sequence[PostedMessage]) -> list[PostedMessage]:
    """Leave out notices that only report what happened: they stay true."""
    about = {one.subject for one in found if one.kind is DeliveryKind.NOTICE}
    claiming = {
        notice_key(incident_id, seq)
        for incident_id in about
        for seq in timeline.seqs_of(tx, incident_id, CLAIMS)
    }
    return [one for one in found if one.kind is not DeliveryKind.NOTICE or one.key in claiming]


def _that_still_ask(found: Sequence[PostedMessage]) -> list[PostedMessage]:
    """Leave out messages that were repeated since: they were edited then."""
    last = {_asked(one): one.id for one in found if one.sent}
    return [
        one for one in found if not _repeats(one) or not one.sent or last[_asked(one)] == one.id
    ]


def _asked(one: PostedMessage) -> tuple[DeliveryKind, str, str | None]:
    return one.kind, one.subject, one.target


def _repeats(one: PostedMessage) -> bool:
    kept = one.kind.kept_true
    return kept is not None and kept.repeats


def _edit_pages(locked: LockedIncident, change: Change) -> None:
    # Other pages are withdrawn with their run, and say so from then on.
    which = pages.taken if change in _ONLY_THE_TAKEN else pages.pages_of_incident
    told = which(locked.tx, locked.id)
    # An unsent page may be on its way with the old words.
    stands = [
        page for page in told if page.message_ts is not None or page.state is PageState.WAITING
    ]
    locked.send(*(page_changed(locked, page) for page in stands))
