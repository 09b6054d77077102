"""Follow-ups to pages that Slack has accepted."""

from collections.abc import Sequence

from bot.domain.act import by_the_bot
from bot.domain.paging.ladders import UNANSWERED, PageState
from bot.domain.paging.paging_entries import ReachedEntry
from bot.services.delivery.message_kinds import Sent
from bot.services.delivery.results import At
from bot.services.locked import LockedIncident
from bot.services.paging import page_edits
from bot.store.delivery import outbox
from bot.store.delivery.claims import Claimed
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.tables import Page
from bot.store.transaction import Transaction


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
            _say_that_it_was_taken(tx, paged[page_id][0], at)
        found = {one.subject for one, there in outcomes if there.found and one.subject in paged}
        for page_id in sorted(found | pages.overtaken(tx, paged)):
            _edit_page(tx, paged[page_id][0], at)


def _say_that_it_was_taken(tx: Transaction, claimed: Claimed, at: At) -> None:
    """Correct the channel's notice that a person could not be reached; drop a page that comes too
    late."""
    page = pages.page(tx, claimed.subject)
    locked = locked_for(tx, claimed, page, at) if page else None
    run = pages.run(tx, page.run_id) if page else None
    if not (page and locked and run):
        return
    if run.state not in UNANSWERED:
        pages.answer(tx, page.id, PageState.SUPERSEDED, at.now, "")
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


def locked_for(tx: Transaction, claimed: Claimed, page: Page, at: At) -> LockedIncident | None:
    incident = incident_rows.lock(tx, page.incident_id)
    if incident is None:
        return None
    return LockedIncident(tx, by_the_bot(claimed.workspace, at.now), incident)
