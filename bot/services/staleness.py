"""Keeping what is posted true: after an event, whatever it makes untrue is edited.

`bot.domain.staleness` says what depends on what. The edits are enqueued in the event's own
transaction, in the lane of the message that they edit, so their turn comes after it; a message
whose outcome was unknown is edited when it is found (`bot.services.delivery.outcomes`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.act import Act
from bot.domain.delivery.about import About
from bot.domain.incidents.timeline import CLAIMS
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import PageState
from bot.domain.staleness import POSTED, Change, KeptTrue, untrue_after
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

_BY_THEMSELVES = frozenset({DeliveryKind.PAGE, DeliveryKind.CANARY})
"""A page knows itself where it stands."""
_ALL_OF_THEM = frozenset({Change.WORDS, Change.TIER, Change.PEOPLE})
"""After these also what has been said again since: it names the escalation as well."""

_ONLY_THE_TAKEN = frozenset({Change.ENDED, Change.REOPENED, Change.ROOM})
"""Of pages, these concern only who took one: where the work goes on, and that it does."""


def keep_true(locked: LockedIncident, change: Change) -> None:
    """Have whatever an event of an incident makes untrue edited, its channel's card aside."""
    rows = untrue_after(change)
    if _BY_THEMSELVES & rows.keys():
        _edit_pages(locked, change)
    kinds = [kind for kind in rows if kind not in _BY_THEMSELVES]
    about = {rows[kind].about for kind in kinds}
    found = posted.of_incident(locked.tx, locked.id, about, kinds)
    if About.DIGEST in about:
        told = posted.of_kind_since(
            locked.tx, locked.incident.team_id, [DeliveryKind.DIGEST], locked.incident.opened_at
        )
        # Edited because of this incident: where Slack refuses, it is said about this one.
        found += [replace(one, incident_id=locked.id) for one in told]
    locked.send(*_edits(locked.tx, locked.act, change, found))


def keep_true_of(locked: LockedIncident, change: Change, *subjects: str) -> None:
    """The same for an event of one run or one task: what was posted of the others stays so."""
    locked.send(*edits(locked.tx, locked.act, change, subjects))


def edits(tx: Transaction, act: Act, change: Change, subjects: Iterable[str]) -> list[Outgoing]:
    """Return the edits after an event of these runs, tasks, reminders or incidents; no pages."""
    kinds = [kind for kind in untrue_after(change) if kind not in _BY_THEMSELVES]
    found = posted.of_subjects(tx, subjects, kinds)
    return _edits(tx, act, change, [*found, *_that_list_them(tx, found)])


def _that_list_them(tx: Transaction, found: Sequence[PostedMessage]) -> list[PostedMessage]:
    """What the people who were told that a team did not answer were told of other teams: the
    newest of these messages lists all of them."""
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
    """Return the edits after such a message was posted: the newest lists what the earlier ones
    told the same reader, and they point to it."""
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
    """Leave out notices that only say what happened: that stays so."""
    about = {one.subject for one in found if one.kind is DeliveryKind.NOTICE}
    claiming = {
        notice_key(incident_id, seq)
        for incident_id in about
        for seq in timeline.seqs_of(tx, incident_id, CLAIMS)
    }
    return [one for one in found if one.kind is not DeliveryKind.NOTICE or one.key in claiming]


def _that_still_ask(found: Sequence[PostedMessage]) -> list[PostedMessage]:
    """Leave out what has been said again since; it was edited then."""
    last = {_asked(one): one.id for one in found if one.sent}
    return [
        one for one in found if not _repeats(one) or not one.sent or last[_asked(one)] == one.id
    ]


def _asked(one: PostedMessage) -> tuple[DeliveryKind, str, str | None]:
    return one.kind, one.subject, one.target


def _repeats(one: PostedMessage) -> bool:
    row = POSTED[one.kind]
    return isinstance(row, KeptTrue) and row.repeats


def _edit_pages(locked: LockedIncident, change: Change) -> None:
    # The others are withdrawn with their run, and say so from then on.
    which = pages.taken if change in _ONLY_THE_TAKEN else pages.pages_of_incident
    told = which(locked.tx, locked.id)
    # What is not sent yet is perhaps being sent, in the words of before.
    stands = [
        page for page in told if page.message_ts is not None or page.state is PageState.WAITING
    ]
    locked.send(*(page_changed(locked, page) for page in stands))
