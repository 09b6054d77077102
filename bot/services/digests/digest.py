"""The weekly digest: planned exactly once for each period, counted when it is sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.access.rights import Deed, require
from bot.domain.access.visibility import Place
from bot.domain.act import Act, Workspace
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.digests.digest_message import DigestArgs, DigestView
from bot.domain.digests.facts import AckFact, DigestFacts, IncidentFact, TaskFact
from bot.domain.digests.figures import BASELINE_WEEKS, NOT_STATED, figures
from bot.domain.digests.weeks import Occurrence, Period, periods_due, week_until
from bot.domain.errors import BadInput, NotFound
from bot.domain.ids import TeamKey, UserId, reference
from bot.domain.kinds import DeliveryKind
from bot.domain.problems.names import NoDigest
from bot.policy import DigestRule, Policy
from bot.services import views
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.digests import runs as store
from bot.store.tables import Task
from bot.store.transaction import Transaction


def plan_due(db: Database, policy: Policy, workspace: Workspace, now: datetime) -> int:
    """Put the digests that are due into the outbox; return how many periods were new.

    Any number of processes may run this at once, and again after a restart: the period's row is
    unique. After a downtime, only the latest period is sent, marked as late.
    """
    planned = 0
    for rule in policy.digests:
        with db.reading() as tx:
            after = store.last_due(tx, workspace, rule.key)
        for occurrence in periods_due(rule.weekday, rule.at, rule.zone, after, now):
            with db.transaction() as tx:
                taken = _take(tx, workspace, rule, occurrence, now, first=after is None)
            planned += taken
    return planned


def _take(
    tx: Transaction,
    workspace: Workspace,
    rule: DigestRule,
    occurrence: Occurrence,
    now: datetime,
    *,
    first: bool,
) -> bool:
    """Take the period; False if it is taken, or was over when the schedule was first seen."""
    taken = store.take_period(
        tx,
        workspace,
        rule.key,
        start=occurrence.period_start,
        end=occurrence.period_end,
        due_at=occurrence.due_at,
        now=now,
        late=occurrence.late,
    )
    if not taken or first:
        return False
    period = DigestArgs(
        rule.key,
        occurrence.period_start,
        occurrence.period_end,
        late_since=occurrence.due_at if occurrence.late else None,
    )
    name = f"digest:{rule.key}:{occurrence.period_start.isoformat()}"
    outbox.enqueue(tx, workspace, now, _messages(rule, period, name))
    return True


def _messages(rule: DigestRule, period: DigestArgs, name: str) -> list[Outgoing]:
    to_channels = [
        Outgoing(
            kind=DeliveryKind.DIGEST,
            priority=Priority.DIGEST,
            lane=lanes.of_channel(channel),
            subject=rule.key,
            dedup_key=f"{name}:{channel}"[:160],
            args=replace(period, channel=channel),
        )
        for channel in rule.channels
    ]
    to_people = [
        Outgoing(
            kind=DeliveryKind.DIGEST,
            priority=Priority.DIGEST,
            lane=lanes.of_person(user),
            subject=rule.key,
            dedup_key=f"{name}:{user}"[:160],
            target=user,
            args=period,
        )
        for user in rule.people
    ]
    return [*to_channels, *to_people]


def preview(db: Database, policy: Policy, act: Act, key: str | None) -> DigestView:
    """Return the digest of the last seven days, for the person who asks for it."""
    require(act, Deed.READ)
    rule = _rule(policy, key)
    period = week_until(act.now, rule.zone if rule else policy.default_zone)
    with db.reading() as tx:
        return _view(tx, act.workspace, rule, period)


def send_now(db: Database, policy: Policy, act: Act, key: str | None) -> str:
    """Send the digest of the last seven days to its usual recipients; return its name."""
    require(act, Deed.DIGEST)
    rule = _rule(policy, key)
    if rule is None:
        raise BadInput("digest", NoDigest())
    period = week_until(act.now, rule.zone)
    args = DigestArgs(rule.key, period.start, period.end)
    with db.transaction(act) as tx:
        name = f"digest:{rule.key}:asked:{act.now.isoformat()}"
        outbox.enqueue(tx, act.workspace, act.now, _messages(rule, args, name))
    return rule.name


def _rule(policy: Policy, key: str | None) -> DigestRule | None:
    if not key:
        return policy.digests[0] if policy.digests else None
    for rule in policy.digests:
        if key.casefold() in (rule.key.casefold(), rule.name.casefold()):
            return rule
    raise NotFound("digest", key, known=tuple(rule.key for rule in policy.digests))


def planned_view(
    tx: Transaction, policy: Policy, workspace: Workspace, args: DigestArgs
) -> DigestView | None:
    """Return what a planned digest says; None when the policy dropped its schedule."""
    rule = next((rule for rule in policy.digests if rule.key == args.schedule), None)
    if rule is None or args.start is None or args.end is None:
        return None
    period = Period(args.start, args.end, rule.zone)
    return _view(tx, workspace, rule, period, late_since=args.late_since)


def _view(
    tx: Transaction,
    workspace: Workspace,
    rule: DigestRule | None,
    period: Period,
    late_since: datetime | None = None,
) -> DigestView:
    facts = gather(tx, workspace, period)
    counted = figures(facts.of_teams(rule.teams if rule else ()), period)
    return DigestView(name=rule.name if rule else "", figures=counted, late_since=late_since)


def gather(tx: Transaction, workspace: Workspace, period: Period) -> DigestFacts:
    """Read what the figures need. For a restricted incident: codename, severity, state and
    the times when it opened and ended."""
    since = period.start - timedelta(weeks=BASELINE_WEEKS)
    rows = store.incidents_since(tx, workspace, since, period.end)
    tasks = store.tasks_open_or_done_since(tx, workspace, since)
    teams = store.teams_of(tx, workspace, since, period.end)
    incidents = tuple(_incident(row, teams.get(row.id, ())) for row in rows)
    shown = {row.id: fact for row, fact in zip(rows, incidents, strict=True) if not fact.masked}
    others = {task.incident_id for task in tasks} - {row.id for row in rows}
    about = shown | {
        row.id: fact
        for row in store.incidents_with(tx, others)
        if not (fact := _incident(row, ())).masked
    }
    return DigestFacts(
        since=store.first_opened(tx, workspace) or period.start,
        incidents=incidents,
        acks=tuple(
            AckFact(shown[incident].reference, team, paged_at, due_at, acked_at)
            for incident, team, paged_at, due_at, acked_at in store.runs_since(
                tx, workspace, since, period.end
            )
            if incident in shown
        ),
        tasks=tuple(
            _task(about[task.incident_id], task) for task in tasks if task.incident_id in about
        ),
    )


def _incident(row: store.Counted, teams: Sequence[str]) -> IncidentFact:
    named = views.named_in(Place.BROADCAST, row.tier, row.title, row.codename)
    shown = named.full
    return IncidentFact(
        reference=reference(row.number),
        title=named.name,
        severity=row.severity,
        category=row.category if shown else NOT_STATED,
        surface=row.surface or NOT_STATED if shown else NOT_STATED,
        state=row.state.value,
        owner=UserId(row.owner) if row.owner and shown else None,
        teams=tuple(map(TeamKey, teams)) if shown else (),
        opened_at=row.opened_at,
        closed_at=row.ended_at,
        update_due_at=row.update_due_at if shown else None,
        masked=not shown,
    )


def _task(about: IncidentFact, task: Task) -> TaskFact:
    owner = UserId(task.assignee)
    return TaskFact(about.reference, task.text, owner, task.due_at, task.done_at, about.closed_at)
