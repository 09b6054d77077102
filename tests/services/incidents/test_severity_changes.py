"""What waits for an answer follows a change of severity."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access.rights import Deed
from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import AlreadyPaged, NotPermitted
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.results import SeverityChanged, WillPage
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.ladders import PageState, RunState
from bot.domain.paging.outlook import Follows
from bot.domain.paging.page_messages import PageMessage
from bot.domain.paging.reasons import Occasion
from bot.policy import Policy
from bot.services.delivery.content import MessageContent
from bot.services.digests import digest
from bot.services.incidents import severity_changes
from bot.services.paging import answers, starting
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.tables import Page
from tests.factories import MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.invariants import assert_whole
from tests.services import scene

LEGAL, PR, OPERATIONS = map(TeamKey, ("legal", "pr", "operations"))
JOSE, JAMAL, ELENA = map(UserId, ("U0JOSE", "U0JAMAL", "U0ELENA"))
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)
DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def opened(db: Database, policy: Policy, severity: Severity, *teams: TeamKey) -> str:
    incident_id = an_incident(db, policy, severity=severity, teams=teams or (LEGAL,)).head.id
    scene.send(db, policy)
    return incident_id


def change(
    db: Database,
    policy: Policy,
    incident_id: str,
    to: Severity,
    after: timedelta,
    why: str = "threat to life confirmed",
) -> SeverityChanged:
    act = an_act(MEI, now=NOON + after)
    return severity_changes.set_severity(db, policy, act, incident_id, to, why)


def letters(sent: scene.Sent, kind: DeliveryKind, user: str) -> list[PageMessage]:
    return [
        said.view
        for one, said in sent
        if one.kind is kind
        and one.target == user
        and isinstance(said, MessageContent)
        and isinstance(said.view, PageMessage)
    ]


def test_a_team_that_was_paged_slowly_is_paged_by_the_new_ladder_from_now(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, Severity.P3, OPERATIONS)
    assert scene.due_timers(db, TimerKind.PAGE_STEP) == [NOON + DAYS]
    changed = change(db, policy, incident_id, Severity.P0, 3 * HOURS)
    assert WillPage("Operations", (JOSE,), again=True) in changed.paged
    run = scene.run_of(db, "operations")
    assert run.next_at == run.ack_due_at == NOON + 3 * HOURS + 5 * MINUTES
    assert scene.paged(db, "operations") == [JOSE, JOSE]
    assert scene.page_states(db, "operations") == [PageState.SUPERSEDED, PageState.WAITING]
    scene.tick(db, policy, NOON + 3 * HOURS + 5 * MINUTES)
    assert scene.paged(db, "operations")[2:] == ["U0AGNIESZKA"], "the backup, five minutes later"
    assert_whole(db)


def test_the_page_of_before_is_edited_and_the_new_one_rings_and_says_why(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, Severity.P2)
    change(db, policy, incident_id, Severity.P0, 10 * MINUTES)
    sent = scene.send(db, policy, NOON + 10 * MINUTES)
    [edited] = letters(sent, DeliveryKind.PAGE_UPDATE, PRIYA)
    [again] = letters(sent, DeliveryKind.PAGE, PRIYA)
    assert edited.state is PageState.SUPERSEDED
    assert (again.head.severity, again.answer_by) == (Severity.P0, NOON + 15 * MINUTES)
    assert [reason.occasion for reason in again.reasons] == [Occasion.OPENED, Occasion.RAISED]
    assert (again.reasons[1].by, again.reasons[1].words) == (MEI, "threat to life confirmed")
    assert (again.round, again.step) == (0, 0), "not a second round: another ladder"


def test_a_rise_never_makes_a_step_come_later(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P1)
    changed = change(db, policy, incident_id, Severity.P0, 13 * MINUTES)
    assert not [row for row in changed.paged if row.again]
    assert scene.due_timers(db, TimerKind.PAGE_STEP)[0] == NOON + 15 * MINUTES
    sent = scene.send(db, policy, NOON + 13 * MINUTES)
    assert [page.state for page in letters(sent, DeliveryKind.PAGE_UPDATE, PRIYA)] == [
        PageState.WAITING
    ], "its page is edited, and does not ring"
    scene.tick(db, policy, NOON + 15 * MINUTES)
    assert scene.paged(db, "legal") == [PRIYA, TOM]
    scene.tick(db, policy, NOON + 20 * MINUTES)
    assert len(scene.paged(db, "legal")) == 6, "everyone, five minutes after the backup"
    assert_whole(db)


def test_everyone_who_holds_a_page_gets_it_again(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P2)
    scene.tick(db, policy, NOON + 2 * HOURS)
    change(db, policy, incident_id, Severity.P0, 3 * HOURS)
    assert scene.paged(db, "legal")[2:] == [PRIYA, TOM]
    waiting = [one for one in scene.all_pages(db, "legal") if one.state is PageState.WAITING]
    assert [one.target for one in waiting] == [PRIYA, TOM], "one live page for each of them"


def test_a_team_that_let_its_ladder_go_by_is_paged_again(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P2)
    for hours in (2, 4, 6):
        scene.tick(db, policy, NOON + hours * HOURS)
    assert scene.run_state(db, "legal") is RunState.EXHAUSTED
    changed = change(db, policy, incident_id, Severity.P0, 7 * HOURS)
    [legal] = [row for row in changed.paged if row.name == "Legal"]
    assert legal.again
    assert legal.targets[0] == PRIYA
    assert scene.run_state(db, "legal") is RunState.PAGING
    answers.acknowledge(db, an_act(TOM, hours=7, minutes=1), scene.page_of(db, TOM))
    assert scene.run_state(db, "legal") is RunState.ACKNOWLEDGED
    assert_whole(db)


def test_a_team_that_has_answered_is_left_alone(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P2)
    answers.acknowledge(db, an_act(PRIYA, minutes=1), scene.page_of(db, PRIYA))
    change(db, policy, incident_id, Severity.P0, 2 * MINUTES)
    assert scene.paged(db, "legal") == [PRIYA]
    assert scene.run_state(db, "legal") is RunState.ACKNOWLEDGED


def test_who_said_no_is_asked_again_only_where_no_one_else_is_left(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, Severity.P2)
    answers.decline(db, policy, an_act(PRIYA, minutes=1), scene.page_of(db, PRIYA), "a plane")
    change(db, policy, incident_id, Severity.P1, 2 * MINUTES)
    assert scene.paged(db, "legal")[2:] == [TOM]
    for user in (TOM, JAMAL, ELENA):
        while user in [p.target for p in waiting_pages(db)]:
            page = scene.page_of(db, user)
            answers.decline(db, policy, an_act(user, minutes=3), page, "no")
    assert scene.run_state(db, "legal") is RunState.EXHAUSTED
    before = len(scene.paged(db, "legal"))
    change(db, policy, incident_id, Severity.P0, 4 * MINUTES)
    assert scene.paged(db, "legal")[before:] == [PRIYA]


def waiting_pages(db: Database) -> list[Page]:
    return [page for page in scene.all_pages(db) if page.state is PageState.WAITING]


def test_lowering_gives_more_time_and_corrects_the_pages(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P0)
    changed = change(db, policy, incident_id, Severity.P2, 2 * MINUTES, "calm again")
    assert changed.slower == (
        WillPage("Legal", (), next_at=NOON + 2 * HOURS, follows=Follows.PERSON),
    )
    assert scene.due_timers(db, TimerKind.PAGE_STEP) == [NOON + 2 * HOURS]
    sent = scene.send(db, policy, NOON + 2 * MINUTES)
    [edited] = letters(sent, DeliveryKind.PAGE_UPDATE, PRIYA)
    assert (edited.head.severity, edited.answer_by) == (Severity.P2, NOON + 2 * HOURS)
    assert edited.reasons[-1].occasion is Occasion.LOWERED
    assert letters(sent, DeliveryKind.PAGE, PRIYA) == [], "it does not ring"
    scene.tick(db, policy, NOON + 2 * HOURS)
    assert scene.paged(db, "legal") == [PRIYA, TOM]
    assert_whole(db)


def test_up_and_down_and_up_again_pages_each_time_and_loses_nothing(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, Severity.P2)
    for minute, to in enumerate((Severity.P0, Severity.P2, Severity.P0, Severity.P3, Severity.P1)):
        change(db, policy, incident_id, to, (minute + 1) * MINUTES, "as it is")
        assert_whole(db)
    assert len([one for one in waiting_pages(db) if one.target == PRIYA]) == 1
    assert scene.run_of(db, "legal").next_at == NOON + 20 * MINUTES
    sent = scene.send(db, policy, NOON + 6 * MINUTES)
    last = letters(sent, DeliveryKind.PAGE, PRIYA)[-1]
    assert [reason.severity for reason in last.reasons] == [Severity.P2, Severity.P1]
    scene.tick(db, policy, NOON + 20 * MINUTES)
    assert scene.paged(db, "legal")[-1] == TOM


def test_a_preview_names_who_a_rise_then_pages(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P3, OPERATIONS, PR)
    answers.acknowledge(db, an_act(SOFIA, minutes=1), scene.page_of(db, SOFIA))
    act = an_act(MEI, minutes=2)
    head, shown = severity_changes.preview(db, policy, act, incident_id, Severity.P0)
    assert head.severity is Severity.P3, "nothing is changed yet"
    assert len(scene.paged(db, "operations")) == 1
    changed = change(db, policy, incident_id, Severity.P0, 2 * MINUTES)
    assert shown == changed.paged
    assert {row.name: row.again for row in shown}["Operations"]
    assert "PR" not in {row.name for row in shown}


def test_a_restricted_page_says_that_it_was_raised_and_not_why(
    db: Database, policy: Policy
) -> None:
    incident_id = an_incident(
        db, policy, severity=Severity.P2, teams=(LEGAL,), tier=Tier.RESTRICTED
    ).head.id
    scene.send(db, policy)
    change(db, policy, incident_id, Severity.P0, MINUTES, "her school is named")
    sent = scene.send(db, policy, NOON + MINUTES)
    [again] = letters(sent, DeliveryKind.PAGE, PRIYA)
    assert again.reasons[-1].occasion is Occasion.RAISED
    assert "school" not in str(again)


def test_a_run_that_a_release_before_left_behind_is_hastened_by_page(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, Severity.P3, OPERATIONS)
    with db.transaction() as tx:
        incident_rows.change(tx, incident_id, {"severity": Severity.P0})
    act = an_act(MEI, now=NOON + HOURS)
    started = starting.page_team(db, policy, act, incident_id, OPERATIONS, "it is urgent now")
    assert started.targets == (JOSE,)
    assert scene.run_of(db, "operations").next_at == NOON + HOURS + 5 * MINUTES
    with pytest.raises(AlreadyPaged):
        starting.page_team(db, policy, act, incident_id, OPERATIONS)


def test_a_person_who_was_paged_is_paged_again_too(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P3, PR)
    starting.page_person(db, policy, an_act(MEI), incident_id, TOM, "please look")
    scene.send(db, policy)
    change(db, policy, incident_id, Severity.P0, HOURS)
    assert scene.paged(db, f"person:{TOM}") == [TOM, TOM]
    sent = scene.send(db, policy, NOON + HOURS)
    [again] = letters(sent, DeliveryKind.PAGE, TOM)
    assert [reason.words for reason in again.reasons] == ["please look", "threat to life confirmed"]


def test_a_team_that_has_left_the_policy_goes_on_as_it_was(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P2)
    without = replace(policy, teams={k: t for k, t in policy.teams.items() if k != LEGAL})
    proposed = without.categories["harassment"]
    teams = {s: tuple(t for t in ts if t != LEGAL) for s, ts in proposed.teams.items()}
    categories = {**without.categories, "harassment": replace(proposed, teams=teams)}
    edited = replace(without, categories=categories)
    change(db, edited, incident_id, Severity.P0, MINUTES)
    assert scene.paged(db, "legal") == [PRIYA]
    assert scene.run_of(db, "legal").next_at == NOON + 2 * HOURS


def test_a_member_may_raise_and_not_lower(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, Severity.P2)
    member = an_act("U0BAO", role=Role.MEMBER, minutes=1)
    changed = severity_changes.set_severity(db, policy, member, incident_id, Severity.P1)
    assert changed.reference == "ESC-1"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_a_refused_lowering_speaks_of_lowering(db: Database, policy: Policy, role: Role) -> None:
    incident_id = opened(db, policy, Severity.P1)
    act = an_act("U0BAO", role=role, minutes=1)
    with pytest.raises(NotPermitted) as refused:
        severity_changes.set_severity(db, policy, act, incident_id, Severity.P2, "calmer")
    assert refused.value.to == Deed.LOWER


def test_the_digest_measures_an_answer_by_what_the_page_asked_for(
    db: Database, policy: Policy
) -> None:
    """Two minutes after a rise to P0 is in time, hours after the first page as a P3."""
    raised = opened(db, policy, Severity.P3)
    change(db, policy, raised, Severity.P0, 3 * HOURS)
    answers.acknowledge_mine(db, an_act(PRIYA, now=NOON + 3 * HOURS + 2 * MINUTES), raised)
    late = opened(db, policy, Severity.P1, PR)
    answers.acknowledge_mine(db, an_act(SOFIA, now=NOON + 40 * MINUTES), late)
    change(db, policy, late, Severity.P3, 1 * HOURS, "calmer")
    told = digest.preview(db, policy, an_act(MEI, now=NOON + 5 * HOURS), None).figures.acks_by_team
    in_time = {one.team: one.figures.attainment for one in told}
    legal, pr = in_time[LEGAL], in_time[PR]
    assert legal is not None
    assert pr is not None
    assert (legal.hits, legal.n) == (1, 1)
    # PR was paged by the rise as well, and has not answered that.
    assert (pr.hits, pr.n) == (0, 2)
