"""Looks up what a page says, before it is sent and once it is posted."""

from dataclasses import replace
from datetime import datetime

from bot.domain.ids import reference
from bot.domain.incidents.views import Head
from bot.domain.paging.ladders import STILL_ASKED, UNANSWERED, PageState
from bot.domain.paging.page_messages import CanaryArgs, PageArgs, PageMessage
from bot.policy import Policy
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.lookups import Lookups
from bot.services.paging.page_views import page_message
from bot.services.people.person_messages import for_person
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.tables import Incident


def page(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[PageArgs], now: datetime
) -> Content[PageMessage]:
    page = lookups.page(claimed.subject)
    run = lookups.run(page.run_id) if page else None
    if page is None or run is None:
        return NothingToSay("no such page")
    incident = lookups.incident(page.incident_id)
    if incident is None:
        return NothingToSay("no such escalation")
    args = claimed.args
    repeat = bool(args.may_repeat)
    if not _perhaps_there(claimed, repeat=repeat):
        # A page goes out even if its ladder has ended meanwhile: no one has answered yet.
        if run.state not in UNANSWERED or page.state not in STILL_ASKED:
            return NothingToSay("acknowledged or withdrawn meanwhile")
        if incident.ended_at is not None:
            return NothingToSay("the escalation has ended")
    head = _named_with_original(lookups, incident, page.target)
    refused = page.state is PageState.UNREACHABLE
    view = page_message(
        # If Slack accepts it now, it can be answered, whatever Slack said before.
        page.model_copy(update={"state": PageState.WAITING}) if refused else page,
        run,
        head,
        now,
        lookups.around(page, run),
        late_since=args.late_since,
        ended=incident.ended_at is not None,
    )
    return MessageContent(view, person=page.target)


def canary(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[CanaryArgs], now: datetime
) -> Content[PageMessage]:
    """Return a page like any other, but addressed to the canary's channel."""
    message = page(lookups, policy, claimed, now)
    if not isinstance(message, MessageContent):
        return message
    return replace(message, person=None, channel=claimed.args.channel)


def _perhaps_there(claimed: Claimed, *, repeat: bool) -> bool:
    """Tell whether Slack may have the page, so that the relay looks for it before anything else.

    A page that is found is edited if it is out of date. Otherwise it is sent only if still wanted.
    """
    return claimed.uncertain and claimed.lookups == 0 and not repeat


def page_update(
    lookups: Lookups, _policy: Policy, claimed: Claimed, now: datetime
) -> Content[PageMessage]:
    page = lookups.page(claimed.subject)
    run = lookups.run(page.run_id) if page else None
    incident = lookups.incident(page.incident_id) if page else None
    if page is None or run is None or incident is None or page.message_ts is None:
        return NothingToSay("the page was never sent")
    head = _named_with_original(lookups, incident, page.target)
    around, ended = lookups.around(page, run), incident.ended_at is not None
    view = page_message(page, run, head, now, around, ended=ended)
    return MessageContent(view, channel=page.channel_id, ts=page.message_ts)


def _named_with_original(lookups: Lookups, incident: Incident, person: str) -> Head:
    """Return the head; it names the original only for a person who may read both."""
    head = for_person(lookups, incident, person)
    if not head.full or incident.duplicate_of is None:
        return head
    original = lookups.incident(incident.duplicate_of)
    if original is None or not for_person(lookups, original, person).full:
        return head
    return replace(head, duplicate_of=reference(original.number))
