"""The people that a page would ask: for `/escalate oncall`, and for paging itself."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.domain.act import Act, Workspace
from bot.domain.errors import NotFound
from bot.domain.ids import TeamKey, UserId, parse_reference, reference
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import Ladder, planned
from bot.domain.paging.on_call import OnCall, OnCallLine, OnCallPerson, OnCallStep
from bot.domain.people.time_zone import zone_named
from bot.policy import Policy
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups
from bot.store.tables import Person
from bot.store.transaction import Transaction

UNLESS_IN_A_CHANNEL = Severity.P1


def gone_from(
    tx: Transaction, workspace: Workspace, ladders: Collection[Ladder]
) -> frozenset[UserId]:
    """Return who on these ladders has left Slack or become a guest since the policy was written."""
    everyone = {target for ladder in ladders for target in ladder.everyone}
    return frozenset(UserId(user) for user in people_and_groups.gone(tx, workspace, everyone))


def but_guests(
    tx: Transaction, workspace: Workspace, users: Collection[UserId]
) -> tuple[UserId, ...]:
    """Return the people who may be paged even if they count as gone: no guests and no bots."""
    known = people_and_groups.people(tx, workspace, users)
    never = {user for user, person in known.items() if person.outsider or person.is_bot}
    return tuple(user for user in users if user not in never)


def on_call(
    db: Database,
    policy: Policy,
    act: Act,
    team: str | None,
    channel: str | None = None,
    named: str | None = None,
) -> OnCall:
    """Return the people that each team would page now, step by step. The severity is that of the
    named escalation, or of the one whose channel this is, else P1."""
    chosen = [policy.team(team).key] if team else list(policy.teams)
    with db.reading() as tx:
        here = incident_rows.by_channel(tx, act.workspace, channel) if channel else None
        if named:
            here = incident_rows.by_number(tx, act.workspace, parse_reference(named))
            if here is None:
                raise NotFound("incident", named)
        severity = here.severity if here else UNLESS_IN_A_CHANNEL
        ladders = {key: policy.ladder(key, severity) for key in chosen}
        gone = gone_from(tx, act.workspace, ladders.values())
        everyone = {user for ladder in ladders.values() for user in ladder.everyone}
        known = people_and_groups.people(tx, act.workspace, everyone)
        lines = [
            _line(policy, act, key, ladder, _steps(tx, act, ladder, gone), known)
            for key, ladder in ladders.items()
        ]
    return OnCall(severity, tuple(lines), reference(here.number) if here else None)


def _steps(
    tx: Transaction, act: Act, ladder: Ladder, gone: frozenset[UserId]
) -> Sequence[tuple[timedelta, tuple[UserId, ...]]]:
    """Return the steps. If everyone counts as gone, Slack may be wrong: all are paged at once."""
    steps = planned(ladder, act.now, gone)
    if steps:
        return [(after, step.targets) for after, step in steps]
    doubted = but_guests(tx, act.workspace, ladder.everyone)
    return [(timedelta(), doubted)] if doubted else []


def _line(
    policy: Policy,
    act: Act,
    key: TeamKey,
    ladder: Ladder,
    steps: Sequence[tuple[timedelta, tuple[UserId, ...]]],
    known: dict[str, Person],
) -> OnCallLine:
    return OnCallLine(
        team=key,
        name=policy.teams[key].name,
        steps=tuple(
            OnCallStep(after, tuple(_person(policy, act, user, known) for user in targets))
            for after, targets in steps
        ),
        rounds=ladder.rounds,
    )


def _person(policy: Policy, act: Act, user: UserId, known: dict[str, Person]) -> OnCallPerson:
    person = known.get(user)
    zone = zone_named(person.zone if person else "", policy.default_zone)
    return OnCallPerson(user, act.now.astimezone(zone))
