"""What Slack does not take goes out another way: when, what it says, and what is recorded.

Pages, and the notices to those in charge that nobody answered one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.act import by_the_bot
from bot.domain.duework import DeliveryKind, DeliveryState
from bot.domain.errors import NotYours
from bot.domain.ids import UserId
from bot.domain.outside import OutsideExhausted, OutsidePage
from bot.domain.paging import STILL_ASKED, UNANSWERED, PageState, RunState, person_of
from bot.domain.reach import Way
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services import doubted, linked, told
from bot.services.case import Case
from bot.services.delivered import At
from bot.services.letters import Moot, NotYet
from bot.services.other_ways import by_other_ways
from bot.store import claims, incidents, outbox, pages, people, unsent_pages, withdrawals
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.store.tables import PagingRun
from bot.store.transaction import Transaction
from bot.store.unsent_pages import Unsent

AT_ONCE = 200
_TRIES_OF_A_WAY = 3
"""Another replica may have a policy that knows it: one is restarted after the other."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What goes to a person outside Slack, and by which way; `subject` is its page or run."""

    way: Way
    said: OutsidePage | OutsideExhausted
    subject: str
    user: UserId


def overdue(db: Database, policy: Policy, at: At) -> list[Unsent]:
    """Return what Slack has kept for too long, and whose people have another way."""
    rule = policy.fallback
    with db.reading() as tx:
        return unsent_pages.overdue(tx, at.now, at.real, rule.after, rule.ways, AT_ONCE)


def send(db: Database, policy: Policy, at: At, late: Sequence[Unsent]) -> int:
    """Have these go out another way, where that is still needed; return how many."""
    by_incident = groupby(sorted(late, key=_incident_of), key=_incident_of)
    return sum(_send(db, policy, at, incident, list(group)) for incident, group in by_incident)


def _incident_of(late: Unsent) -> str:
    return late.incident_id


def _send(db: Database, policy: Policy, at: At, incident_id: str, late: Sequence[Unsent]) -> int:
    with db.transaction() as tx:
        # Its lock first, as everywhere: an acknowledgement that comes now is seen, or waits.
        if incidents.lock(tx, incident_id) is None:
            return 0
        unsent = unsent_pages.still_unsent(tx, incident_id, {one.subject for one in late})
        going = [one for one in late if (one.subject, one.target) in unsent]
        messages = [message for one in going for message in by_other_ways(policy, one)]
        if messages:
            outbox.enqueue(tx, going[0].workspace, at.now, messages)
    return len(going)


def waits(db: Database, now: datetime) -> bool:
    """Whether a message by another way is due; only a look."""
    with db.reading() as tx:
        return unsent_pages.fallback_waits(tx, now)


def forget(db: Database) -> int:
    """Withdraw all of it, where the policy has no other ways any more: it would wait for ever."""
    with db.transaction() as tx:
        return withdrawals.withdraw_outside(tx)


def prepare(db: Database, policy: Policy, claimed: Claimed) -> Errand | Moot | NotYet:
    """Return what a claimed delivery says now."""
    user = UserId(claimed.target or "")
    way = policy.fallback.way(user, str(claimed.args.get("way")))
    if way is None:
        why = "the policy no longer has this way"
        return Moot(why) if claimed.attempts >= _TRIES_OF_A_WAY else NotYet(why)
    # A gateway cannot be asked what it has taken: whatever follows a try may be the second.
    again = claimed.uncertain or claimed.attempts > 1
    about = _notice if claimed.kind is DeliveryKind.EXHAUSTED_OUTSIDE else _page
    with db.reading() as tx:
        said = about(tx, policy, claimed, may_repeat=again)
    return said if isinstance(said, Moot) else Errand(way, said, claimed.subject, user)


def _page(
    tx: Transaction, policy: Policy, claimed: Claimed, *, may_repeat: bool
) -> OutsidePage | Moot:
    try:
        page, run, incident = linked.rows(tx, claimed.subject)
    except NotYours:
        return Moot("no such page")
    if run.state not in UNANSWERED or page.state not in STILL_ASKED:
        return Moot("acknowledged or withdrawn meanwhile")
    if page.state is PageState.UNREACHABLE and _has_left(tx, claimed, run):
        return Moot("this person has left Slack")
    if incident.ended_at is not None:
        return Moot("the escalation has ended")
    if page.sent_at is not None:
        return Moot("Slack has accepted the page meanwhile")
    return linked.outside_page(tx, policy, page, run, incident, may_repeat=may_repeat)


def _has_left(tx: Transaction, claimed: Claimed, run: PagingRun) -> bool:
    """Where everyone on the list counts as gone, it is Slack that is doubted."""
    gone = people.gone(tx, claimed.workspace, {claimed.target or ""})
    return bool(gone) and not doubted.team_is_gone(tx, claimed, run)


def _is_gone_among_others(tx: Transaction, policy: Policy, claimed: Claimed) -> bool:
    """Where all who could be told count as gone, it is Slack that is doubted."""
    in_turn = {*policy.managers_on_duty, *policy.operations_fallback}
    gone = people.gone(tx, claimed.workspace, {claimed.target or "", *in_turn})
    return claimed.target in gone and not in_turn <= gone


def _notice(
    tx: Transaction, policy: Policy, claimed: Claimed, *, may_repeat: bool
) -> OutsideExhausted | Moot:
    run = pages.run(tx, claimed.subject)
    incident = incidents.get(tx, run.incident_id) if run else None
    if run is None or incident is None:
        return Moot("no such run")
    if run.state is not RunState.EXHAUSTED:
        return Moot("answered meanwhile")
    if incident.ended_at is not None:
        return Moot("the escalation has ended")
    reader = claimed.target or ""
    newest = unsent_pages.newest_notice_at(tx, run.id, reader)
    if newest is not None and newest > claimed.created_at:
        return Moot("the run has come to its end again since")
    if (run.id, reader) not in unsent_pages.still_unsent(tx, incident.id, [run.id]):
        return Moot("Slack has accepted the notice meanwhile")
    if _is_gone_among_others(tx, policy, claimed):
        return Moot("this person has left Slack")
    return linked.outside_exhausted(tx, policy, run, incident, reader, may_repeat=may_repeat)


def reached(db: Database, claimed: Claimed, way: Way, at: At) -> bool:
    """A gateway has taken it. False when somebody else held the claim by then."""
    with db.transaction() as tx:
        incident = incidents.lock(tx, claimed.incident_id or "")
        if not claims.finish(tx, claimed, DeliveryState.SENT, real=at.real, sent_at=at.now):
            return False
        run = _run(tx, claimed)
        if incident is not None and run is not None:
            notice = claimed.kind is DeliveryKind.EXHAUSTED_OUTSIDE
            case = Case(tx, by_the_bot(claimed.workspace, at.now), incident)
            case.record(
                EntryKind.REACHED_OUTSIDE,
                aloud=True,
                person=claimed.target,
                way=way.gateway,
                team=run.team_key,
                # A person is not asked for by their own name as well.
                name=run.team_name if notice or person_of(run.team_key) is None else "",
                **({"exhausted": True} if notice else {}),
            )
            case.card_changed()
            case.put_down()
            if notice:
                told.changed(tx, case.act, run.id)
        return True


def _run(tx: Transaction, claimed: Claimed) -> PagingRun | None:
    if claimed.kind is DeliveryKind.EXHAUSTED_OUTSIDE:
        return pages.run(tx, claimed.subject)
    page = pages.page(tx, claimed.subject)
    return pages.run(tx, page.run_id) if page else None
