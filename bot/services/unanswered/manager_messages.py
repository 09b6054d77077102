"""Looks up messages to the owner and the managers about pages that no one acknowledged."""

from dataclasses import replace
from datetime import datetime

from bot.domain.delivery.message_args import RepeatableArgs
from bot.domain.ids import UserId
from bot.domain.incidents.views import TeamRow
from bot.domain.paging.ladders import PageState, RunState
from bot.domain.unanswered.manager_messages import (
    ExhaustedMessage,
    Unanswered,
    UnansweredArgs,
)
from bot.policy import Policy
from bot.services import views
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.lookups import Lookups
from bot.services.paging.pacing import newest_unanswered
from bot.services.paging.page_views import Around, place_of
from bot.services.people.person_messages import KEPT_OUT, for_person, reader_of, said_again
from bot.store.delivery import posted
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.paging import pages
from bot.store.tables import Incident, PagingRun

NO_RUN = NothingToSay("no such run")


def _found(lookups: Lookups, claimed: Claimed) -> tuple[PagingRun, Incident] | None:
    run = lookups.run(claimed.subject)
    incident = lookups.incident(run.incident_id) if run else None
    return (run, incident) if run is not None and incident is not None else None


def unanswered(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[UnansweredArgs], _now: datetime
) -> Content[Unanswered]:
    found = _found(lookups, claimed)
    if found is None or claimed.target is None:
        return NO_RUN
    run, incident = found
    if lookups.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    if claimed.target != incident.owner:
        return NothingToSay("another person owns it by now")
    view = _unanswered(lookups, claimed, run, incident)
    return (
        MessageContent(view, person=claimed.target)
        if view.asks
        else NothingToSay("answered or over meanwhile")
    )


def unanswered_stands(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[UnansweredArgs], _now: datetime
) -> Content[Unanswered]:
    found = _found(lookups, claimed)
    if found is None:
        return NO_RUN
    run, incident = found
    return MessageContent(_unanswered(lookups, claimed, run, incident))


def _unanswered(
    lookups: Lookups, claimed: ClaimOf[UnansweredArgs], run: PagingRun, incident: Incident
) -> Unanswered:
    told = pages.pages_of_run(lookups.tx, run.id)
    team = views.team_row(run, told)
    # The message is about the past: people who were paged since are listed separately.
    tried = tuple(UserId(user) for user in claimed.args.tried)
    reader = reader_of(claimed)
    head, ended = for_person(lookups, incident, reader), incident.ended_at is not None
    return Unanswered(head, team, tried or team.paged, ended=ended, you=team.person == reader)


def exhausted(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[RepeatableArgs], _now: datetime
) -> Content[ExhaustedMessage]:
    found = _found(lookups, claimed)
    if found is None or claimed.target is None:
        return NO_RUN
    run, incident = found
    if run.state is not RunState.EXHAUSTED:
        return NothingToSay("answered meanwhile")
    if incident.ended_at is not None:
        return NothingToSay("the escalation has ended")
    return MessageContent(_exhausted(lookups, claimed, run, incident), person=claimed.target)


def exhausted_stands(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[RepeatableArgs], _now: datetime
) -> Content[ExhaustedMessage]:
    found = _found(lookups, claimed)
    if found is None:
        return NO_RUN
    run, incident = found
    view = _exhausted(lookups, claimed, run, incident)
    again = run.state is RunState.PAGING or said_again(lookups, claimed)
    return MessageContent(replace(view, again=again))


def _exhausted(
    lookups: Lookups, claimed: ClaimOf[RepeatableArgs], run: PagingRun, incident: Incident
) -> ExhaustedMessage:
    told = pages.pages_of_run(lookups.tx, run.id)
    untold = views.unsent_of(told)
    tried = dict.fromkeys(UserId(page.target) for page in told if page.target not in untold)
    reader, team = reader_of(claimed), views.team_row(run, told)
    others, newer = _beside(lookups, claimed, run, incident)
    return ExhaustedMessage(
        for_person(lookups, incident, reader),
        team,
        tuple(tried),
        untold,
        ended=incident.ended_at is not None,
        may_repeat=bool(claimed.args.may_repeat),
        you=team.person == reader,
        declined=place_of(run, Around(told)) is PageState.DECLINED,
        said_no=tuple(user for user in views.said_no_of(told) if user != team.person),
        others=others,
        newer=newer,
    )


def _beside(
    lookups: Lookups, claimed: Claimed, run: PagingRun, incident: Incident
) -> tuple[tuple[TeamRow, ...], bool]:
    """Return the reader's other teams that still wait, and whether a newer message lists them.

    If a newer message of this kind to the reader exists, only that one lists the teams.
    """
    beside = posted.beside(lookups.tx, claimed)
    _, mine = lookups.place_of(claimed)
    if mine is not None and any(float(ts) > float(mine) for _, ts in beside):
        return (), True
    if incident.ended_at is not None or not beside:
        return (), False
    told_of = {subject for subject, _ in beside} - {run.id}
    waiting = [
        other
        for other in newest_unanswered(pages.runs_of(lookups.tx, [incident.id]))
        if other.id in told_of and other.state is RunState.EXHAUSTED
    ]
    rows = [views.team_row(one, pages.pages_of_run(lookups.tx, one.id)) for one in waiting]
    return tuple(rows), False
