"""Pages that Slack does not take go out another way: when, what they say, and what is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.act import by_the_bot
from bot.domain.duework import DeliveryKind, DeliveryState, Priority
from bot.domain.errors import NotFound
from bot.domain.ids import PageId, UserId
from bot.domain.paging import PageState, RunState
from bot.domain.reach import Way
from bot.domain.reading import OutsidePage
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services import linked
from bot.services.case import Case
from bot.services.delivered import At
from bot.services.outgoing import Moot
from bot.store import incidents, outbox, pages, unsent_pages
from bot.store.database import Database
from bot.store.outbox import Claimed, Outgoing
from bot.store.unsent_pages import UnsentPage

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Errand:
    """What goes to a person outside Slack, and by which way."""

    way: Way
    page: OutsidePage
    page_id: PageId
    user: UserId


def overdue(db: Database, policy: Policy, at: At) -> list[UnsentPage]:
    """Return the pages that Slack has kept for too long, and whose people have another way."""
    rule = policy.fallback
    with db.reading() as tx:
        return unsent_pages.overdue(tx, at.now, at.real, rule.after, rule.ways, AT_ONCE)


def send(db: Database, policy: Policy, at: At, late: Sequence[UnsentPage]) -> int:
    """Have these pages go out another way, where that is still needed; return how many.

    Each page and way is one delivery for ever, whichever replica is first to see it.
    """
    by_incident = groupby(sorted(late, key=_incident_of), key=_incident_of)
    return sum(_send(db, policy, at, incident, list(group)) for incident, group in by_incident)


def _incident_of(page: UnsentPage) -> str:
    return page.incident_id


def _send(
    db: Database, policy: Policy, at: At, incident_id: str, late: Sequence[UnsentPage]
) -> int:
    with db.transaction() as tx:
        # Its lock first, as everywhere: an acknowledgement that comes now is seen, or waits.
        if incidents.lock(tx, incident_id) is None:
            return 0
        unsent = unsent_pages.still_unsent(tx, incident_id, [page.page_id for page in late])
        going = [page for page in late if page.page_id in unsent]
        messages = [
            _outgoing(page, way)
            for page in going
            for way in policy.fallback.ways[UserId(page.target)]
        ]
        if messages:
            outbox.enqueue(tx, going[0].workspace, at.now, messages)
    return len(going)


def _outgoing(page: UnsentPage, way: Way) -> Outgoing:
    return Outgoing(
        kind=DeliveryKind.FALLBACK,
        priority=Priority.FALLBACK,
        # One for each way of each person: a gateway that hangs delays nobody else.
        lane=f"fallback/{page.target}/{way.key}",
        subject=page.page_id,
        incident_id=page.incident_id,
        dedup_key=f"fallback:{page.page_id}:{way.key}",
        target=page.target,
        args={"way": way.key},
    )


def waits(db: Database, now: datetime) -> bool:
    """Whether a message by another way is due; only a look."""
    with db.reading() as tx:
        return unsent_pages.fallback_waits(tx, now)


def prepare(db: Database, policy: Policy, claimed: Claimed) -> Errand | Moot:
    """Return what a claimed delivery says now."""
    user = UserId(claimed.target or "")
    way = policy.fallback.way(user, str(claimed.args.get("way")))
    if way is None:
        return Moot("the policy has no such way any more")
    with db.reading() as tx:
        try:
            page, run, incident = linked.rows(tx, claimed.subject)
        except NotFound:
            return Moot("no such page")
        unanswered = run.state in (RunState.PAGING, RunState.EXHAUSTED)
        if not unanswered or page.state is not PageState.WAITING:
            return Moot("acknowledged or withdrawn meanwhile")
        if incident.ended_at is not None:
            return Moot("the incident has ended")
        if page.sent_at is not None:
            return Moot("Slack has taken the page meanwhile")
        # A gateway cannot be asked what it has taken: whatever follows a try may be the second.
        again = claimed.uncertain or claimed.attempts > 1
        said = linked.outside_page(tx, page, run, incident, may_repeat=again)
    return Errand(way, said, PageId(page.id), user)


def reached(db: Database, claimed: Claimed, way: Way, at: At) -> bool:
    """A gateway has taken it. False when somebody else held the claim by then."""
    with db.transaction() as tx:
        incident = incidents.lock(tx, claimed.incident_id or "")
        if not outbox.finish(tx, claimed, DeliveryState.SENT, real=at.real, sent_at=at.now):
            return False
        page = pages.page(tx, claimed.subject)
        run = pages.run(tx, page.run_id) if page else None
        if incident is not None and run is not None:
            case = Case(tx, by_the_bot(claimed.workspace, at.now), incident)
            case.record(
                EntryKind.REACHED_OUTSIDE,
                aloud=True,
                person=claimed.target,
                way=way.gateway,
                name=run.team_name,
            )
            case.card_changed()
            case.put_down()
        return True
