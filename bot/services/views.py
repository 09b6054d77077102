"""Turns rows into what people read. Every title passes through `visibility.sight` here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.access.visibility import Place, Sight, Tier, by_invitation, sight
from bot.domain.act import Act, Role
from bot.domain.ids import IncidentId, RunId, TaskId, TeamKey, UserId, reference
from bot.domain.incidents.needs import Need
from bot.domain.incidents.views import DecisionLine, EntryLine, Head, TaskLine, TeamRow
from bot.domain.paging.ladders import SAID_NO, Ladder, PageState, RunState
from bot.domain.paging.outlook import Follows, what_follows
from bot.domain.paging.reasons import passed_on
from bot.services.access.belonging import sight_of
from bot.services.paging.starting import Started
from bot.store.tables import Decision, Incident, Page, PagingRun, Task, TimelineEntry
from bot.store.tables.states import ChannelState, TaskKind, TaskState


def head_of(
    incident: Incident,
    reader: Act,
    *,
    invited: Collection[str],
    place: Place = Place.PERSONAL,
) -> Head:
    """Return the incident as `reader` may see it in `place`."""
    return head_in(
        incident,
        place,
        reader=reader.user,
        role=reader.role,
        invited=invited,
        kept_out=reader.kept_out,
    )


def head_in(
    incident: Incident,
    place: Place,
    *,
    reader: str = "",
    role: Role = Role.NOBODY,
    invited: Collection[str] = (),
    kept_out: bool = False,
) -> Head:
    """Return the incident as it may be shown in `place`; the only way to its title."""
    seen = sight_of(incident, reader, role, invited, kept_out=kept_out, place=place)
    base = Head(
        id=IncidentId(incident.id),
        reference=reference(incident.number),
        name=incident.codename,
        full=False,
        tier=incident.tier,
        severity=incident.severity,
        state=incident.state,
        opened_at=incident.opened_at,
        opened_by=UserId(incident.opened_by),
    )
    if seen is not Sight.FULL:
        return base
    return Head(
        id=base.id,
        reference=base.reference,
        name=incident.title,
        full=True,
        tier=base.tier,
        severity=base.severity,
        state=base.state,
        opened_at=base.opened_at,
        opened_by=base.opened_by,
        owner=UserId(incident.owner) if incident.owner else None,
        category=incident.category,
        surface=incident.surface,
        market=incident.market,
        source=incident.source,
        references=tuple(incident.references),
        affected=tuple(incident.affected),
        criteria=tuple(incident.criteria),
        channel_id=None if incident.room is ChannelState.ARCHIVED else incident.channel_id,
        update_due_at=incident.update_due_at,
        root_cause=incident.root_cause,
        needs=tuple(map(Need.from_json, incident.needs or ())),
        ended_at=incident.ended_at,
    )


@dataclass(frozen=True, slots=True)
class Named:
    """An incident's name where many people read it; `full`: it is the title."""

    name: str
    full: bool


def named_in(place: Place, tier: Tier, title: str, codename: str) -> Named:
    """Return an incident's name for a place with unknown readers, by the rule of `head_in`."""
    full = _is_full(tier, place)
    return Named(title if full else codename, full)


@cache
def _is_full(tier: Tier, place: Place) -> bool:
    return sight(tier, place, reader="", role=Role.NOBODY, invited=()) is Sight.FULL


def team_row(
    run: PagingRun,
    pages: Sequence[Page] = (),
    gone: Collection[UserId] | None = None,
    *,
    tier: Tier = Tier.STANDARD,
    seats: Mapping[str, bool] | None = None,
) -> TeamRow:
    """Return a team's row; `pages` are those of the incident, of any run.

    `gone`: people who have left; without it, the row does not say what follows. `seats`: the people
    in the incident and whether each belongs, if the row has to show that.
    """
    last, mine = (run.round, run.step), [page for page in pages if page.run_id == run.id]
    of_this_step = [page for page in mine if (page.round, page.step) == last]
    declined = said_no_of(mine)
    asked = [page for page in of_this_step if page.target not in declined]
    sent = {page.target for page in mine if page.sent_at is not None}
    over = run.state is RunState.EXHAUSTED
    return TeamRow(
        run_id=RunId(run.id),
        team=TeamKey(run.team_key),
        name=run.team_name,
        state=run.state,
        started_at=run.started_at,
        ack_due_at=run.ack_due_at,
        paged=tuple(UserId(page.target) for page in asked),
        paged_at=max((page.created_at for page in of_this_step), default=None),
        follows=_follows(run, mine, gone) if gone is not None else None,
        round=round_of(run, run),
        step=run.step,
        next_at=run.next_at,
        responder=UserId(run.responder) if run.responder else None,
        acked_at=run.acked_at,
        unsent=unsent_of(mine) if over else (),
        left=_left(run, tier, seats),
        may_lead=seats is None or seats.get(run.responder or "", False),
        passed=passed_on(run.why_asked),
        everyone_paged=over and sent.issuperset(Ladder.from_json(run.ladder).everyone),
    )


def _left(run: PagingRun, tier: Tier, seats: Mapping[str, bool] | None) -> bool:
    if seats is None or run.responder is None:
        return False
    return by_invitation(tier) and run.responder not in seats


def _follows(run: PagingRun, mine: Sequence[Page], gone: Collection[UserId]) -> Follows | None:
    if run.state is not RunState.PAGING:
        return None
    said_no = {UserId(page.target) for page in mine if page.state in SAID_NO}
    ladder, at = Ladder.from_json(run.ladder), run.at
    return what_follows(ladder, at, said_no.union(gone), run.team_key)


def round_of(of: PagingRun | Page, run: PagingRun) -> int:
    """Return the round as people count it: from the ladder that the run is on now."""
    return max(0, of.round - run.first_round)


def unsent_of(pages: Sequence[Page]) -> tuple[UserId, ...]:
    """Return the people whose pages, all of one run, Slack has not accepted."""
    sent = {page.target for page in pages if page.sent_at is not None}
    return tuple(dict.fromkeys(UserId(p.target) for p in pages if p.target not in sent))


def said_no_of(pages: Sequence[Page]) -> tuple[UserId, ...]:
    """Return the people who declined a page, all of one run."""
    declined = (page for page in pages if page.state is PageState.DECLINED)
    return tuple(dict.fromkeys(UserId(page.target) for page in declined))


def team_row_of(started: Started) -> TeamRow:
    """Return the row of a run that has just begun."""
    return TeamRow(
        run_id=RunId(started.run.id),
        team=TeamKey(started.run.team_key),
        name=started.run.team_name,
        state=RunState.PAGING,
        started_at=started.run.started_at,
        ack_due_at=started.run.ack_due_at,
        paged=started.targets,
    )


def task_line(task: Task, head: Head) -> TaskLine:
    return TaskLine(
        id=TaskId(task.id),
        head=head,
        assignee=UserId(task.assignee),
        text=task.text if head.full else None,
        due_at=task.due_at,
        follow_up=task.kind is TaskKind.FOLLOW_UP,
        done=task.state is TaskState.DONE,
    )


def decision_line(decision: Decision) -> DecisionLine:
    return DecisionLine(
        actions=tuple(decision.actions),
        scope=decision.scope,
        clause=decision.clause,
        policy_version=decision.policy_version,
        rationale=decision.rationale,
        dissent=decision.dissent,
        approvers=tuple(UserId(user) for user in decision.approvers),
        precedent=decision.precedent,
        by=UserId(decision.by),
        at=decision.at,
    )


def entry_line(entry: TimelineEntry) -> EntryLine:
    return EntryLine(entry.seq, entry.at, UserId(entry.actor), entry.kind, entry.data)
