"""What the people in charge are told of pages that no one answered (see `to_people`)."""

from dataclasses import replace
from datetime import datetime

from bot.domain.ids import UserId
from bot.domain.messages import (
    ExhaustedMessage,
    Unanswered,
)
from bot.domain.paging import PageState, RunState
from bot.domain.reading import TeamRow
from bot.policy import Policy
from bot.services import views
from bot.services.letters import Letter, Moot, Prepared
from bot.services.pacing import newest_unanswered
from bot.services.page_views import Around, place_of
from bot.services.shelf import Shelf
from bot.services.to_people import KEPT_OUT, for_person, reader_of, said_again
from bot.store import pages, posted
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
    others, newer = _beside(shelf, claimed, run, incident)
    return ExhaustedMessage(
        for_person(shelf, incident, reader),
        team,
        tuple(tried),
        untold,
        ended=incident.ended_at is not None,
        may_repeat=bool(claimed.args.get("may_repeat")),
        you=team.person == reader,
        declined=place_of(run, Around(told)) is PageState.DECLINED,
        others=others,
        newer=newer,
    )


def _beside(
    shelf: Shelf, claimed: Claimed, run: PagingRun, incident: Incident
) -> tuple[tuple[TeamRow, ...], bool]:
    """Return the other teams of which the same reader was told and that still wait, and whether
    the newest of these messages is another one: only that one lists them.
    """
    beside = posted.beside(shelf.tx, claimed)
    _, mine = claimed.args.get("at") or (None, None)
    if mine is not None and any(float(ts) > float(mine) for _, ts in beside):
        return (), True
    if incident.ended_at is not None or not beside:
        return (), False
    told_of = {subject for subject, _ in beside} - {run.id}
    waiting = [
        other
        for other in newest_unanswered(pages.runs_of(shelf.tx, [incident.id]))
        if other.id in told_of and other.state is RunState.EXHAUSTED
    ]
    rows = [views.team_row(one, pages.pages_of_run(shelf.tx, one.id)) for one in waiting]
    return tuple(rows), False
