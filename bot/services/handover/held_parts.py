"""The parts of an incident that a person holds, and so may hand over."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.errors import HandedOverAlready, HoldsNothing, NoAccess
from bot.domain.paging.ladders import STILL_ASKED, UNANSWERED, RunState, person_of
from bot.domain.paging.reasons import Occasion, Question, parts_of, questions_of
from bot.services.access.belonging import belongs_to, may_in
from bot.store.access import participants
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.tables import Incident, PagingRun, Task
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part. `leads`: they own it, or answer for a team, or a page waits for them."""

    leads: bool
    tasks: tuple[Task, ...]


def require_part(tx: Transaction, incident: Incident, act: Act, to: str | None = None) -> Part:
    """Return what a person holds; raises HoldsNothing if that is nothing.

    A part that was passed on is no longer held. Raises HandedOverAlready while a successor other
    than `to` (the key of a team or a person) is being paged for it.
    """
    user, runs = act.user, pages.runs_of(tx, [incident.id])
    tasks = [
        task for task in tasks_and_reminders.open_tasks_of(tx, incident.id) if task.assignee == user
    ]
    if _is_asked(tx, incident.id, user, runs):
        return Part(True, tuple(tasks))
    passed = _passed_on(runs, user)
    for run in passed:
        if run.state is RunState.PAGING and to not in (None, run.team_key):
            raise _handed_over(incident, run)
    leads = incident.owner == user or any(_answers_for(run, user, passed) for run in runs)
    if not leads and not tasks:
        belongs = belongs_to(incident, participants.seats(tx, incident.id), user)
        may_page = may_in(act, incident, Deed.PAGE, belongs=belongs)
        raise HoldsNothing(incident_rows.name_of(incident), may_page)
    return Part(leads, tuple(tasks))


def require_own_page(tx: Transaction, incident: Incident, act: Act) -> None:
    """Raise NoAccess unless a page waits for this person, who may not read the incident."""
    if not _is_asked(tx, incident.id, act.user, pages.runs_of(tx, [incident.id])):
        raise NoAccess(incident_rows.name_of(incident), incident.id)


def require_first_time(tx: Transaction, incident: Incident, user: str) -> None:
    """Raise HandedOverAlready if the person has passed a part on before."""
    for run in _passed_on(pages.runs_of(tx, [incident.id]), user):
        raise _handed_over(incident, run, once=True)


def _handed_over(incident: Incident, run: PagingRun, *, once: bool = False) -> HandedOverAlready:
    name, person = incident_rows.name_of(incident), person_of(run.team_key)
    return HandedOverAlready(name, run.team_name, once, person)


def parts_taken_over(run: PagingRun) -> tuple[str, ...]:
    """Return the keys of the teams and people whose part was handed over to this run."""
    return parts_of(run.why_asked)


def questions_taken_over(run: PagingRun) -> tuple[Question, ...]:
    """Return the questions put to the teams and people whose part was handed over to this run."""
    return questions_of(run.why_asked)


def questions_held(run: PagingRun) -> tuple[Question, ...]:
    """Return the questions that this run took over, and those it was asked in a person's words."""
    own = [
        Question(reason.by, reason.words, run.team_key, run.team_name)
        for reason in run.why_asked
        if reason.occasion is Occasion.ASKED and reason.words
    ]
    return tuple(dict.fromkeys([*questions_taken_over(run), *own]))


def _is_asked(tx: Transaction, incident_id: str, user: str, runs: Sequence[PagingRun]) -> bool:
    """Tell whether a page still waits for this person."""
    asked = {
        page.run_id
        for page in pages.pages_of_incident(tx, incident_id)
        if page.target == user and page.state in STILL_ASKED
    }
    return any(run.state in UNANSWERED and run.id in asked for run in runs)


def _passed_on(runs: Sequence[PagingRun], user: str) -> list[PagingRun]:
    """Return the runs that ask others to take over from this person."""
    return [
        run
        for run in runs
        for reason in run.why_asked
        if reason.occasion is Occasion.HANDED_OVER and reason.by == user
    ]


def _answers_for(run: PagingRun, user: str, passed: Sequence[PagingRun]) -> bool:
    """Tell whether they acknowledged this run, and no one has taken over from them since."""
    if run.state is not RunState.ACKNOWLEDGED or run.responder != user or run.acked_at is None:
        return False
    taken = [one.acked_at for one in passed if one.acked_at is not None]
    return all(at < run.acked_at for at in taken)
