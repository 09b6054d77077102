"""What the people in charge are told of pages that no one answered (see `to_people`)."""

from dataclasses import replace
from datetime import datetime

from bot.domain.ids import UserId
from bot.domain.messages import (
    ExhaustedMessage,
    Unanswered,
)
from bot.domain.paging import PageState, RunState
from bot.policy import Policy
from bot.services import views
from bot.services.letters import Letter, Moot, Prepared
from bot.services.page_views import Around, place_of
from bot.services.shelf import Shelf
from bot.services.to_people import KEPT_OUT, for_person, reader_of, said_again
from bot.store import pages
from bot.store.claims import Claimed
from bot.store.tables import Incident, PagingRun

NO_RUN = Moot("no such run")


def _found(shelf: Shelf, claimed: Claimed) -> tuple[PagingRun, Incident] | None:
    run = shelf.run(claimed.subject)
    incident = shelf.incident(run.incident_id) if run else None
    return (run, incident) if run is not None and incident is not None else None


def unanswered(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    found = _found(shelf, claimed)
    if found is None or claimed.target is None:
        return NO_RUN
    run, incident = found
    if shelf.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    if claimed.target != incident.owner:
        return Moot("another person owns it by now")
    view = _unanswered(shelf, claimed, run, incident)
    return Letter(view, person=claimed.target) if view.asks else Moot("answered or over meanwhile")


def unanswered_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    found = _found(shelf, claimed)
    if found is None:
        return NO_RUN
    run, incident = found
    return Letter(_unanswered(shelf, claimed, run, incident))


def _unanswered(shelf: Shelf, claimed: Claimed, run: PagingRun, incident: Incident) -> Unanswered:
    told = pages.pages_of_run(shelf.tx, run.id)
    team = views.team_row(run, told)
    # What it tells of has happened: who is paged since then is said apart.
    tried = tuple(UserId(user) for user in claimed.args.get("tried", ()))
    reader = reader_of(claimed)
    head, ended = for_person(shelf, incident, reader), incident.ended_at is not None
    return Unanswered(head, team, tried or team.paged, ended=ended, you=team.person == reader)


def exhausted(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    found = _found(shelf, claimed)
    if found is None or claimed.target is None:
        return NO_RUN
    run, incident = found
    if run.state is not RunState.EXHAUSTED:
        return Moot("answered meanwhile")
    if incident.ended_at is not None:
        return Moot("the escalation has ended")
    return Letter(_exhausted(shelf, claimed, run, incident), person=claimed.target)


def exhausted_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    found = _found(shelf, claimed)
    if found is None:
        return NO_RUN
    run, incident = found
    view = _exhausted(shelf, claimed, run, incident)
    again = run.state is RunState.PAGING or said_again(shelf, claimed)
    return Letter(replace(view, again=again))


def _exhausted(
    shelf: Shelf, claimed: Claimed, run: PagingRun, incident: Incident
) -> ExhaustedMessage:
    told = pages.pages_of_run(shelf.tx, run.id)
    untold = views.unsent_of(told)
    tried = dict.fromkeys(UserId(page.target) for page in told if page.target not in untold)
    reader, team = reader_of(claimed), views.team_row(run, told)
    return ExhaustedMessage(
        for_person(shelf, incident, reader),
        team,
        tuple(tried),
        untold,
        ended=incident.ended_at is not None,
        may_repeat=bool(claimed.args.get("may_repeat")),
        you=team.person == reader,
        declined=place_of(run, Around(told)) is PageState.DECLINED,
    )
