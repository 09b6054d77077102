"""The fallback for what Slack does not accept: when it goes out, what it says, what is recorded.

It covers pages, and the alerts to managers about pages that no one acknowledged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.act import by_the_bot
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.errors import NotYours
from bot.domain.fallback.views_outside_slack import OutsideExhausted, OutsidePage
from bot.domain.fallback.ways import FallbackWay, OutsideArgs
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import STILL_ASKED, UNANSWERED, PageState, RunState, person_of
from bot.domain.paging.paging_entries import ReachedOutsideEntry
from bot.policy import Policy
from bot.services.delivery.content import NothingToSay, NotYet
from bot.services.delivery.results import At
from bot.services.fallback import link_page
from bot.services.fallback.ways import by_other_ways
from bot.services.locked import LockedIncident
from bot.services.people import doubted_departures
from bot.services.unanswered import managers_told
from bot.store.database import Database
from bot.store.delivery import claims, outbox, withdrawals
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.fallback import unsent_pages
from bot.store.fallback.unsent_pages import Unsent
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables import PagingRun
from bot.store.transaction import Transaction

AT_ONCE = 200
_NO_WAY = NothingToSay("the policy no longer has this way")
_TRIES_OF_A_WAY = 3
"""Tries for a way that this policy lacks: in a rolling restart, another replica may know it."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One message to a person outside Slack, and the way it goes; `subject` is its page or run."""

    way: FallbackWay
    said: OutsidePage | OutsideExhausted
    subject: str
    user: UserId


def overdue(db: Database, policy: Policy, at: At) -> list[Unsent]:
    """Return what Slack has held for too long, for people who have another way."""
    rule = policy.fallback
    with db.reading() as tx:
        return unsent_pages.overdue(tx, at.now, at.real, rule.after, rule.ways, AT_ONCE)


def send(db: Database, policy: Policy, at: At, late: Sequence[Unsent]) -> int:
    """Send these another way, if that is still needed; return how many."""
    by_incident = groupby(sorted(late, key=_incident_of), key=_incident_of)
    return sum(_send(db, policy, at, incident, list(group)) for incident, group in by_incident)


def _incident_of(late: Unsent) -> str:
    return late.incident_id


def _send(db: Database, policy: Policy, at: At, incident_id: str, late: Sequence[Unsent]) -> int:
    with db.transaction() as tx:
        # The incident's lock first, as in every service: a concurrent acknowledgement is seen.
        if incident_rows.lock(tx, incident_id) is None:
            return 0
        unsent = unsent_pages.still_unsent(tx, incident_id, {one.subject for one in late})
        going = [one for one in late if (one.subject, one.target) in unsent]
        messages = [message for one in going for message in by_other_ways(policy, one)]
        if messages:
            outbox.enqueue(tx, going[0].workspace, at.now, messages)
    return len(going)


def waits(db: Database, now: datetime) -> bool:
    """Tell whether a fallback message is due. Read only."""
    with db.reading() as tx:
        return unsent_pages.fallback_waits(tx, now)


def forget(db: Database) -> int:
    """Withdraw all fallback messages: a policy without other ways would never send them."""
    with db.transaction() as tx:
        return withdrawals.withdraw_outside(tx)


def prepare(
    db: Database, policy: Policy, claimed: ClaimOf[OutsideArgs]
) -> Errand | NothingToSay | NotYet:
    """Return what a claimed fallback delivery says now."""
    user = UserId(claimed.target or "")
    way = policy.fallback.way(user, claimed.args.way)
    if way is None:
        return _NO_WAY if claimed.attempts >= _TRIES_OF_A_WAY else NotYet(_NO_WAY.why)
    # A gateway cannot be asked what it accepted, so any try after the first may be a repeat.
    again = claimed.uncertain or claimed.attempts > 1
    about = _notice if claimed.kind is DeliveryKind.EXHAUSTED_OUTSIDE else _page
    with db.reading() as tx:
        said = about(tx, policy, claimed, may_repeat=again)
    return said if isinstance(said, NothingToSay) else Errand(way, said, claimed.subject, user)


def _page(
    tx: Transaction, policy: Policy, claimed: Claimed, *, may_repeat: bool
) -> OutsidePage | NothingToSay:
    try:
        page, run, incident = link_page.rows(tx, claimed.subject)
    except NotYours:
        return NothingToSay("no such page")
    if run.state not in UNANSWERED or page.state not in STILL_ASKED:
        return NothingToSay("acknowledged or withdrawn meanwhile")
    if page.state is PageState.UNREACHABLE and _has_left(tx, claimed, run):
        return NothingToSay("this person has left Slack")
    if incident.ended_at is not None:
        return NothingToSay("the escalation has ended")
    if page.sent_at is not None:
        return NothingToSay("Slack has accepted the page meanwhile")
    return link_page.outside_page(tx, policy, page, run, incident, may_repeat=may_repeat)


def _has_left(tx: Transaction, claimed: Claimed, run: PagingRun) -> bool:
    """Tell whether the person left Slack. If the whole list seems gone, Slack is doubted: False."""
    gone = people_and_groups.gone(tx, claimed.workspace, {claimed.target or ""})
    return bool(gone) and not doubted_departures.team_is_gone(tx, claimed, run)


def _is_gone_among_others(tx: Transaction, policy: Policy, claimed: Claimed) -> bool:
    """Tell whether the person left Slack. If all in charge seem gone, Slack is doubted: False."""
    in_turn = {*policy.managers_on_duty, *policy.operations}
    gone = people_and_groups.gone(tx, claimed.workspace, {claimed.target or "", *in_turn})
    return claimed.target in gone and not in_turn <= gone


def _notice(
    tx: Transaction, policy: Policy, claimed: Claimed, *, may_repeat: bool
) -> OutsideExhausted | NothingToSay:
    run = pages.run(tx, claimed.subject)
    incident = incident_rows.get(tx, run.incident_id) if run else None
    if run is None or incident is None:
        return NothingToSay("no such run")
    if run.state is not RunState.EXHAUSTED:
        return NothingToSay("answered meanwhile")
    if incident.ended_at is not None:
        return NothingToSay("the escalation has ended")
    reader = claimed.target or ""
    newest = unsent_pages.newest_notice_at(tx, run.id, reader)
    if newest is not None and newest > claimed.created_at:
        return NothingToSay("the run has come to its end again since")
    if (run.id, reader) not in unsent_pages.still_unsent(tx, incident.id, [run.id]):
        return NothingToSay("Slack has accepted the notice meanwhile")
    if _is_gone_among_others(tx, policy, claimed):
        return NothingToSay("this person has left Slack")
    return link_page.outside_exhausted(tx, policy, run, incident, reader, may_repeat=may_repeat)


def reached(db: Database, claimed: Claimed, way: FallbackWay, at: At) -> bool:
    """Record that a gateway accepted it. False if another worker has the claim by then."""
    with db.transaction() as tx:
        incident = incident_rows.lock(tx, claimed.incident_id or "")
        if not claims.finish(tx, claimed, DeliveryState.SENT, real=at.real, sent_at=at.now):
            return False
        run = _run(tx, claimed)
        if incident is not None and run is not None:
            notice = claimed.kind is DeliveryKind.EXHAUSTED_OUTSIDE
            locked = LockedIncident(tx, by_the_bot(claimed.workspace, at.now), incident)
            locked.record(
                ReachedOutsideEntry(
                    person=claimed.target or "",
                    way=way.gateway,
                    team=run.team_key,
                    # A page to one person would only repeat that person's own name.
                    name=run.team_name if notice or person_of(run.team_key) is None else "",
                    exhausted=notice,
                ),
                aloud=True,
            )
            locked.card_changed()
            locked.put_down()
            if notice:
                managers_told.changed(tx, locked.act, run.id)
        return True


def _run(tx: Transaction, claimed: Claimed) -> PagingRun | None:
    if claimed.kind is DeliveryKind.EXHAUSTED_OUTSIDE:
        return pages.run(tx, claimed.subject)
    page = pages.page(tx, claimed.subject)
    return pages.run(tx, page.run_id) if page else None
