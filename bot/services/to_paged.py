"""A page: what it says before it is sent, and once it stands."""

from dataclasses import replace
from datetime import datetime

from bot.domain.ids import reference
from bot.domain.paging import STILL_ASKED, UNANSWERED, PageState
from bot.domain.reading import Head
from bot.policy import Policy
from bot.services.letters import Letter, Moot, Prepared
from bot.services.page_views import page_message
from bot.services.shelf import Shelf
from bot.services.to_people import for_person
from bot.store.claims import Claimed
from bot.store.tables import Incident


def page(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    page = shelf.page(claimed.subject)
    run = shelf.run(page.run_id) if page else None
    if page is None or run is None:
        return Moot("no such page")
    incident = shelf.incident(page.incident_id)
    if incident is None:
        return Moot("no such escalation")
    repeat = bool(claimed.args.get("may_repeat"))
    if not _perhaps_there(claimed, repeat=repeat):
        # Also when the ladder went by while Slack was away: nobody has answered, so they are told.
        if run.state not in UNANSWERED or page.state not in STILL_ASKED:
            return Moot("acknowledged or withdrawn meanwhile")
        if incident.ended_at is not None:
            return Moot("the escalation has ended")
    head = _named_with_original(shelf, incident, page.target)
    since = claimed.args.get("late_since")
    refused = page.state is PageState.UNREACHABLE
    view = page_message(
        # What Slack takes now can be answered, whatever it said before.
        page.model_copy(update={"state": PageState.WAITING}) if refused else page,
        run,
        head,
        now,
        shelf.around(page, run),
        late_since=datetime.fromisoformat(since) if since else None,
        ended=incident.ended_at is not None,
    )
    return Letter(view, person=page.target)


def canary(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    """A page like any other, but into the canary's channel."""
    letter = page(shelf, policy, claimed, now)
    if not isinstance(letter, Letter):
        return letter
    return replace(letter, person=None, channel=claimed.args["channel"])


def _perhaps_there(claimed: Claimed, *, repeat: bool) -> bool:
    """Slack may have it: it is looked for before anything else, and edited where it is out of date.

    Once looked for in vain, it is sent only if it is still wanted.
    """
    return claimed.uncertain and claimed.lookups == 0 and not repeat


def page_update(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    page = shelf.page(claimed.subject)
    run = shelf.run(page.run_id) if page else None
    incident = shelf.incident(page.incident_id) if page else None
    if page is None or run is None or incident is None or page.message_ts is None:
        return Moot("the page was never sent")
    head = _named_with_original(shelf, incident, page.target)
    around, ended = shelf.around(page, run), incident.ended_at is not None
    view = page_message(page, run, head, now, around, ended=ended)
    return Letter(view, channel=page.channel_id, ts=page.message_ts)


def _named_with_original(shelf: Shelf, incident: Incident, person: str) -> Head:
    """Which one took over is for those who read both."""
    head = for_person(shelf, incident, person)
    if not head.full or incident.duplicate_of is None:
        return head
    original = shelf.incident(incident.duplicate_of)
    if original is None or not for_person(shelf, original, person).full:
        return head
    return replace(head, duplicate_of=reference(original.number))
