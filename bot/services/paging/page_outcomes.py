"""Follow-ups to pages that Slack has accepted or refused."""

from collections.abc import Sequence

from bot.domain.act import Act, by_the_bot
from bot.domain.ids import UserId
from bot.domain.incidents.results import Beyond
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import UNANSWERED, PageState
from bot.domain.paging.paging_entries import ReachedEntry
from bot.policy import Policy
from bot.services.delivery.message_kinds import Sent
from bot.services.delivery.results import At, Refusal
from bot.services.locked import LockedIncident
from bot.services.paging import page_edits, runs
from bot.services.people import doubted_departures, edit_outcomes
from bot.store.delivery import outbox, posted
from bot.store.delivery.claims import Claimed
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.tables import Page
from bot.store.transaction import Transaction

_POSTED_AGAIN = {"message_not_found": 3, "cant_update_message": 1, "edit_window_closed": 1}
"""Slack's codes for a page that cannot be edited, and how often it is posted again. Each new page
rings, and Slack may refuse all edits.
"""


def pages_sent(tx: Transaction, outcomes: Sequence[Sent], at: At) -> None:
    """Record all pages that Slack accepted together, and do what follows."""
    paged = {
        one.subject: (one, there.channel, there.ts)
        for one, there in outcomes
        if there.channel and there.ts
    }
    if paged:
        places = [(page, channel, ts) for page, (_, channel, ts) in paged.items()]
        tried_before = [page for page, (one, _, _) in paged.items() if one.attempts > 1]
        after_all = pages.refused_among(tx, tried_before)
        pages.record_sent(tx, at.now, *places)
        for page_id in sorted(after_all):
            claimed = paged[page_id][0]
            _say_that_it_was_taken(tx, by_the_bot(claimed.workspace, at.now), claimed)
        found = {one.subject for one, there in outcomes if there.found and one.subject in paged}
        for page_id in sorted(found | pages.overtaken(tx, paged)):
            _edit_page(tx, paged[page_id][0], at)


def _say_that_it_was_taken(tx: Transaction, act: Act, claimed: Claimed) -> None:
    """Correct the channel's notice that a person could not be reached; drop a page that comes too
    late."""
    page = pages.page(tx, claimed.subject)
    locked = _locked_for(tx, act, page) if page else None
    run = pages.run(tx, page.run_id) if page else None
    if not (page and locked and run):
        return
    if run.state not in UNANSWERED:
        pages.answer(tx, page.id, PageState.SUPERSEDED, act.now, "")
        return
    locked.record(
        ReachedEntry(person=page.target, team=run.team_key, name=run.team_name), aloud=True
    )
    locked.card_changed()
    locked.put_down()


def _edit_page(tx: Transaction, claimed: Claimed, at: At) -> None:
    """Edit a page that was answered while it was on its way, or that a search found."""
    page = pages.page(tx, claimed.subject)
    incident = incident_rows.get(tx, page.incident_id) if page else None
    if page is not None and incident is not None:
        locked = LockedIncident(tx, by_the_bot(claimed.workspace, at.now), incident)
        outbox.enqueue(tx, claimed.workspace, at.now, [page_edits.page_changed(locked, page)])


def page_repeats(tx: Transaction, claimed: Claimed) -> None:
    """Mark a page that is posted again although Slack may have it, so that it says so."""
    pages.mark_repeat(tx, claimed.subject)


def page_doubted(tx: Transaction, _policy: Policy, act: Act, claimed: Claimed) -> bool:
    return doubted_departures.ask_team_again(tx, act, claimed)


def page_place_refused(
    tx: Transaction, policy: Policy, act: Act, claimed: Claimed, refusal: Refusal
) -> None:
    _page_backup_instead(tx, policy, act, claimed, refusal, again=True)


def page_rejected(
    tx: Transaction, policy: Policy, act: Act, claimed: Claimed, refusal: Refusal
) -> None:
    _page_backup_instead(tx, policy, act, claimed, refusal, again=False)


def _page_backup_instead(
    tx: Transaction, policy: Policy, act: Act, claimed: Claimed, refusal: Refusal, *, again: bool
) -> None:
    page = pages.page(tx, claimed.subject)
    if page is None or page.state is not PageState.WAITING:
        return
    locked = _locked_for(tx, act, page)
    if locked is not None:
        runs.unreachable(locked, policy, page, refusal.code, again=again)
        locked.put_down()


def page_update_rejected(
    tx: Transaction, _policy: Policy, act: Act, claimed: Claimed, refusal: Refusal
) -> None:
    """Report where a restricted escalation is still shown, and post the page again if needed."""
    page = pages.page(tx, claimed.subject)
    if page is not None:
        where = Beyond(UserId(page.target), at=page.sent_at)
        edit_outcomes.not_edited(tx, act, claimed, where, refusal)
    if page is not None and refusal.code in _POSTED_AGAIN:
        _post_again(tx, act, page, _POSTED_AGAIN[refusal.code])


def _post_again(tx: Transaction, act: Act, page: Page, times: int) -> None:
    """Post a page again if it still waits for an answer: its person must be able to give one."""
    run, locked = pages.run(tx, page.run_id), _locked_for(tx, act, page)
    if run is None or locked is None or page.message_ts is None:
        return
    often = posted.times_wanted(tx, DeliveryKind.PAGE, page.id) > times
    if page.state is PageState.WAITING and run.state in UNANSWERED and not often:
        pages.forget_place(tx, page.id)
        locked.send(page_edits.page_again(page))
        locked.put_down()


def _locked_for(tx: Transaction, act: Act, page: Page) -> LockedIncident | None:
    incident = incident_rows.lock(tx, page.incident_id)
    return None if incident is None else LockedIncident(tx, act, incident)
