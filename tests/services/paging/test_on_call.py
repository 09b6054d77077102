"""`oncall` names exactly whom `page` would page, step by step."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import NotFound
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.on_call import OnCall
from bot.policy import Policy
from bot.services.channels import channel
from bot.services.paging import on_call, starting
from bot.store.database import Database
from tests.factories import NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene

LEGAL = TeamKey("legal")
LEFT: list[dict[str, dict[str, Any]]] = [
    {},
    {TOM: {"deleted": True}},
    {PRIYA: {"is_restricted": True}},
    {PRIYA: {"deleted": True}, TOM: {"team_id": "T0OTHERS"}},
]


def named(view: OnCall) -> list[tuple[timedelta, list[str]]]:
    [line] = view.lines
    return [(step.after, [one.user for one in step.people]) for step in line.steps]


def paged_over_time(db: Database, policy: Policy, rounds_end: timedelta) -> list[Any]:
    """Whom a page asks if no one ever answers, by when."""
    for minute in range(0, int(rounds_end.total_seconds()) // 60, 5):
        scene.tick(db, policy, NOON + timedelta(minutes=minute))
    steps: dict[timedelta, list[str]] = {}
    for page in scene.all_pages(db, "legal"):
        if page.round == 0:
            steps.setdefault(page.created_at - NOON, []).append(page.target)
    return [(after, sorted(users)) for after, users in sorted(steps.items())]


@pytest.mark.parametrize("described", LEFT)
@pytest.mark.parametrize("severity", [Severity.P0, Severity.P1])
def test_it_names_exactly_whom_a_page_asks(
    db: Database, policy: Policy, described: dict[str, dict[str, Any]], severity: Severity
) -> None:
    people(db, policy, **described)
    opened = an_incident(db, policy, severity=severity, teams=())
    with db.transaction() as tx:
        channel.channel_made(tx, an_act(), opened.head.id, "C0ESC1", "esc-1")
    said = on_call.on_call(db, policy, an_act(), "legal", "C0ESC1")
    assert (said.severity, said.reference) == (severity, "ESC-1")
    assert on_call.on_call(db, policy, an_act(), "legal", "C0GENERAL", "ESC-1") == said
    with pytest.raises(NotFound):
        on_call.on_call(db, policy, an_act(), "legal", "C0ESC1", "ESC-9")
    starting.page_team(db, policy, an_act(), opened.head.id, LEGAL)
    happened = paged_over_time(db, policy, timedelta(hours=2))
    assert [(after, sorted(users)) for after, users in named(said)] == happened
    assert not {user for _, users in named(said) for user in users} & set(described)


def test_elsewhere_it_is_that_of_a_p1(db: Database, policy: Policy) -> None:
    people(db, policy)
    said = on_call.on_call(db, policy, an_act(), "legal", "C0GENERAL")
    assert (said.severity, said.reference) == (Severity.P1, None)
    assert [after for after, _ in named(said)] == [timedelta(minutes=15 * n) for n in range(3)]
    assert len(on_call.on_call(db, policy, an_act(), None).lines) == len(policy.teams)


def test_each_is_named_with_the_time_that_their_own_clock_shows(
    db: Database, policy: Policy
) -> None:
    people(db, policy, **{PRIYA: {"tz": "Asia/Singapore"}, TOM: {"tz": ""}})
    [line] = on_call.on_call(db, policy, an_act(), "legal").lines
    first, backup = line.steps[0].people[0], line.steps[1].people[0]
    assert (first.user, f"{first.at:%a %H:%M}") == (PRIYA, "Mon 20:00")
    assert (backup.user, backup.at.tzinfo) == (TOM, policy.default_zone)


def test_where_the_whole_team_counts_as_gone_it_names_whom_a_page_asks_all_the_same(
    db: Database, policy: Policy
) -> None:
    everyone = policy.teams[LEGAL].everyone
    people(db, policy, **{user: {"deleted": True} for user in everyone})
    opened = an_incident(db, policy, teams=())
    said = named(on_call.on_call(db, policy, an_act(), "legal"))
    started = starting.page_team(db, policy, an_act(), opened.head.id, LEGAL)
    assert said == [(timedelta(), list(started.targets))]
    assert set(started.targets) == set(everyone)


def test_a_team_of_guests_has_no_one_who_could_be_paged(db: Database, policy: Policy) -> None:
    alone = replace(policy.teams[LEGAL], on_call=(UserId("U0GUS"),), members=())
    lonely = replace(policy, teams={**policy.teams, LEGAL: alone})
    people(db, policy, U0GUS={"is_restricted": True})
    assert named(on_call.on_call(db, lonely, an_act(), "legal")) == []
