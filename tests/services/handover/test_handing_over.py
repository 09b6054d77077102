"""Handing over: what was held ends, and the new person has it once they acknowledge."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.access.rights import Deed
from bot.domain.act import Role
from bot.domain.errors import AlreadyAcknowledged, BadInput, HoldsNothing, NobodyToPage
from bot.domain.followups.reminder_messages import TaskReminder
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.ladders import Ladder, PageState, RunState, Step
from bot.domain.paging.page_messages import PageMessage
from bot.domain.paging.reasons import Occasion
from bot.domain.people.person_messages import Assigned
from bot.policy import Policy
from bot.services.followups import tasks
from bot.services.handover import handing_over
from bot.services.handover.handing_over import HandedOver, TaskGiven
from bot.services.incidents import lifecycle, queries, severity_changes
from bot.services.paging import answers, starting
from bot.store.database import Database
from bot.store.tables import Task
from tests.factories import DANIEL, MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.invariants import assert_whole
from tests.problems import in_words
from tests.services import scene

LEGAL, PR = TeamKey("legal"), TeamKey("pr")
MINUTES = timedelta(minutes=1)
SUMMARY = "the notice is drafted"
HandOver = Callable[..., HandedOver]


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


@pytest.fixture(params=["command", "button"])
def hand_over(request: pytest.FixtureRequest, db: Database, policy: Policy) -> HandOver:
    """The command, and the button of a page: they do the same."""

    def by(user: UserId, incident_id: str, minutes: int = 1, **to: object) -> HandedOver:
        act = an_act(user, minutes=minutes)
        told: dict[str, Any] = {"to_team": None, "to_person": None, **to}
        if request.param == "command":
            return by_command(db, policy, user, incident_id, minutes, **to)
        page = scene.page_of(db, user, incident_id)
        return handing_over.hand_over_page(db, policy, act, page, **told, summary=SUMMARY)

    return by


def opened(db: Database, policy: Policy, *teams: TeamKey) -> str:
    incident_id = an_incident(db, policy, teams=teams or (LEGAL,)).head.id
    scene.send(db, policy)
    return incident_id


def by_command(
    db: Database, policy: Policy, user: UserId, incident_id: str, minutes: int = 1, **to: object
) -> HandedOver:
    told: dict[str, Any] = {"to_team": None, "to_person": None, **to}
    act = an_act(user, minutes=minutes)
    done = handing_over.hand_over(db, policy, act, incident_id, **told, summary=SUMMARY)
    assert isinstance(done, HandedOver)
    return done


def test_what_was_held_ends_and_no_backup_hears_of_it(
    db: Database, policy: Policy, hand_over: HandOver
) -> None:
    incident_id = opened(db, policy)
    hand_over(PRIYA, incident_id, to_team=PR)
    assert scene.run_state(db, "legal") is RunState.CANCELLED
    scene.tick(db, policy, NOON + timedelta(hours=3))
    assert scene.paged(db, "legal") == [PRIYA]
    assert SOFIA in scene.paged(db, "pr")
    assert_whole(db)


def test_ones_own_team_means_the_next_person_and_never_oneself(
    db: Database, policy: Policy, hand_over: HandOver
) -> None:
    incident_id = opened(db, policy)
    done = hand_over(PRIYA, incident_id, to_team=LEGAL)
    assert done.to.targets == (TOM,)
    for quarter in range(1, 9):
        scene.tick(db, policy, NOON + (1 + quarter * 15) * MINUTES)
    assert scene.paged(db, "legal").count(PRIYA) == 1, "the page that was handed over"
    assert scene.due_timers(db, TimerKind.PAGE_STEP) == []
    assert_whole(db)


def test_behind_the_backup_comes_everyone_else(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    scene.tick(db, policy, NOON + 15 * MINUTES)
    done = by_command(db, policy, TOM, incident_id, minutes=16, to_team=LEGAL)
    assert TOM not in done.to.targets
    assert set(done.to.targets) == {PRIYA, "U0JAMAL", "U0ELENA"}


def test_who_has_acknowledged_hands_over_to_the_next_of_their_team(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    answers.acknowledge(db, an_act(PRIYA, minutes=1), scene.page_of(db, PRIYA))
    done = by_command(db, policy, PRIYA, incident_id, minutes=2, to_team=LEGAL)
    assert done.to.targets == (TOM,)


def test_handing_over_to_oneself_is_refused(
    db: Database, policy: Policy, hand_over: HandOver
) -> None:
    incident_id = opened(db, policy)
    with pytest.raises(BadInput):
        hand_over(PRIYA, incident_id, to_person=PRIYA)
    assert scene.run_state(db, "legal") is RunState.PAGING


def test_where_nobody_can_take_it_nothing_is_given_up(
    db: Database, policy: Policy, hand_over: HandOver
) -> None:
    incident_id = opened(db, policy)
    gone = {"is_restricted": True}
    people(db, policy, U0TOM=gone, U0JAMAL=gone, U0ELENA=gone)
    with pytest.raises(NobodyToPage):
        hand_over(PRIYA, incident_id, to_team=LEGAL)
    assert scene.run_state(db, "legal") is RunState.PAGING
    assert "handed over" not in scene.kinds_of_entries(db, incident_id)
    assert_whole(db)


def test_who_holds_nothing_hands_nothing_over(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    with pytest.raises(HoldsNothing) as refused:
        by_command(db, policy, SOFIA, incident_id, to_team=PR)
    assert refused.value.may_page
    viewer = an_act("U0NOOR", role=Role.VIEWER)
    with pytest.raises(HoldsNothing) as refused:
        queries.head(db, viewer, incident_id, Deed.HAND_OVER)
    assert not refused.value.may_page, "it names no way that they may not go"


def test_where_several_teams_pages_wait_the_command_does_not_guess(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    starting.page_person(db, policy, an_act(MEI), incident_id, PRIYA)
    with pytest.raises(BadInput) as refused:
        by_command(db, policy, PRIYA, incident_id, to_team=PR)
    assert "Legal" in in_words(refused.value.problem)
    assert scene.run_state(db, "legal") is RunState.PAGING
    by_command(db, policy, PRIYA, incident_id, to_team=LEGAL)
    assert scene.run_state(db, f"person:{PRIYA}") is RunState.PAGING, "the other one stays"


def owned_by_priya(db: Database, policy: Policy) -> str:
    incident_id = opened(db, policy)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    lifecycle.assign(db, an_act(PRIYA), incident_id, PRIYA)
    return incident_id


def test_ownership_and_its_reminders_move_when_the_new_person_acknowledges(
    db: Database, policy: Policy
) -> None:
    incident_id = owned_by_priya(db, policy)
    done = by_command(db, policy, PRIYA, incident_id, to_person=DANIEL)
    assert done.owns
    assert scene.incident(db, incident_id).owner == PRIYA, "until it is acknowledged"
    entries = queries.details(db, an_act(PRIYA), incident_id, newest=None).entries
    [handed_over] = [one.data for one in entries if one.kind is EntryKind.HANDED_OVER]
    assert handed_over["owns"] is True
    answers.acknowledge(db, an_act(DANIEL, minutes=5), scene.page_of(db, DANIEL))
    assert scene.incident(db, incident_id).owner == DANIEL
    sent = scene.send(db, policy, NOON + 5 * MINUTES)
    [told] = scene.letters(sent, DeliveryKind.ASSIGNED)
    assert isinstance(told.view, Assigned)
    assert (told.person, told.view.by) == (DANIEL, PRIYA)
    scene.tick(db, policy, NOON + timedelta(hours=2, minutes=4))
    assert scene.waiting(db, DeliveryKind.UPDATE_REMINDER) == [], "its time begins anew"
    scene.tick(db, policy, NOON + timedelta(hours=2, minutes=5))
    [reminder] = scene.waiting(db, DeliveryKind.UPDATE_REMINDER)
    assert reminder.target == DANIEL
    assert_whole(db)


def test_an_owner_who_was_named_since_stays_the_owner(db: Database, policy: Policy) -> None:
    incident_id = owned_by_priya(db, policy)
    by_command(db, policy, PRIYA, incident_id, to_person=DANIEL)
    lifecycle.assign(db, an_act(MEI, minutes=3), incident_id, TOM)
    answers.acknowledge(db, an_act(DANIEL, minutes=5), scene.page_of(db, DANIEL))
    assert scene.incident(db, incident_id).owner == TOM


def test_who_does_not_own_it_hands_no_ownership_over(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    lifecycle.assign(db, an_act(MEI), incident_id, TOM)
    assert not by_command(db, policy, PRIYA, incident_id, to_team=PR).owns
    answers.acknowledge(db, an_act(SOFIA, minutes=5), scene.page_of(db, SOFIA))
    assert scene.incident(db, incident_id).owner == TOM


def test_the_summary_reaches_the_new_person(
    db: Database, policy: Policy, hand_over: HandOver
) -> None:
    incident_id = opened(db, policy)
    hand_over(PRIYA, incident_id, to_team=PR)
    sent = scene.send(db, policy, NOON + MINUTES)
    [page] = scene.letters(sent, DeliveryKind.PAGE)
    assert isinstance(page.view, PageMessage)
    [reason] = page.view.reasons
    assert (reason.occasion, reason.by, reason.words) == (Occasion.HANDED_OVER, PRIYA, SUMMARY)


def test_the_summary_reaches_who_is_being_paged_already(
    db: Database, policy: Policy, hand_over: HandOver
) -> None:
    incident_id = opened(db, policy, LEGAL, PR)
    hand_over(PRIYA, incident_id, to_team=PR)
    assert scene.paged(db, "pr") == [SOFIA], "no second page"
    sent = scene.send(db, policy, NOON + MINUTES)
    edited = [letter.view for letter in scene.letters(sent, DeliveryKind.PAGE_UPDATE)]
    [sofias] = [view for view in edited if getattr(view, "target", None) == SOFIA]
    assert isinstance(sofias, PageMessage)
    assert sofias.state is PageState.WAITING
    assert [reason.words for reason in sofias.reasons] == ["", SUMMARY]


def told_on_their_page(db: Database, policy: Policy, user: UserId) -> PageMessage:
    """The page of somebody as it was edited last."""
    edits = scene.letters(scene.send(db, policy, NOON + 2 * MINUTES), DeliveryKind.PAGE_UPDATE)
    views = [letter.view for letter in edits if isinstance(letter.view, PageMessage)]
    return next(view for view in reversed(views) if view.target == user)


@pytest.mark.parametrize("to", [{"to_team": PR}, {"to_team": LEGAL}, {"to_person": DANIEL}])
def test_the_old_page_says_to_whom_it_went(
    db: Database, policy: Policy, hand_over: HandOver, to: dict[str, str]
) -> None:
    incident_id = opened(db, policy)
    hand_over(PRIYA, incident_id, **to)
    page = told_on_their_page(db, policy, PRIYA)
    assert page.handed_over
    assert page.passed is not None
    assert page.passed.to == to.get("to_team", f"person:{DANIEL}")
    assert page.passed.to_person == to.get("to_person")


def test_a_page_that_was_acknowledged_and_handed_over_says_so_too(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    scene.send(db, policy)
    by_command(db, policy, PRIYA, incident_id, to_team=LEGAL)
    page = told_on_their_page(db, policy, PRIYA)
    assert (page.responder, page.handed_over) == (PRIYA, True)
    with pytest.raises(AlreadyAcknowledged) as refused:
        answers.acknowledge(db, an_act(PRIYA, minutes=3), page.page_id)
    assert (refused.value.yours, refused.value.holds) == (True, False)


def test_a_rise_does_not_page_who_handed_over(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    by_command(db, policy, PRIYA, incident_id, to_team=LEGAL)
    severity_changes.set_severity(db, policy, an_act(MEI, minutes=2), incident_id, Severity.P0)
    assert scene.paged(db, "legal") == [PRIYA, TOM, TOM]


def test_a_ladder_goes_on_behind_a_person_and_comes_round_without_them() -> None:
    wait = timedelta(minutes=5)
    one, two, three = (UserId(f"U{number}") for number in (1, 2, 3))
    ladder = Ladder((Step((one,), wait), Step((two,), wait), Step((one, two, three), wait)), 2)
    assert [step.targets for step in ladder.after(one).steps] == [(two,), (two, three)]
    assert [step.targets for step in ladder.after(two).steps] == [(one, three), (one,)]
    assert [step.targets for step in ladder.after(three).steps] == [(one,), (two,), (one, two)]
    assert ladder.after(UserId("U4")) == ladder


def a_task_of(db: Database, policy: Policy, incident_id: str, user: UserId) -> None:
    due = NOON + timedelta(hours=4)
    tasks.add_task(
        db, policy, an_act(MEI), incident_id, assignee=user, text="Call them", due_at=due
    )


def owners_of_tasks(db: Database) -> list[str]:
    with db.reading() as tx:
        return [task.assignee for task in tx.all(select(Task).order_by(col(Task.id)))]


def give(db: Database, policy: Policy, user: UserId, incident_id: str, **to: object) -> object:
    told: dict[str, Any] = {"to_team": None, "to_person": None, **to}
    return handing_over.hand_over(
        db, policy, an_act(user, minutes=1), incident_id, **told, summary=SUMMARY
    )


def test_a_task_that_is_all_that_is_held_moves_with_the_summary(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    a_task_of(db, policy, incident_id, SOFIA)
    assert give(db, policy, SOFIA, incident_id, to_person=TOM) == TaskGiven(TOM)
    assert owners_of_tasks(db) == [TOM]
    assert scene.paged(db, f"person:{TOM}") == [], "told, and not paged"
    sent = scene.send(db, policy, NOON + MINUTES)
    views = [letter.view for letter in scene.letters(sent, DeliveryKind.TASK_REMINDER)]
    [told] = [view for view in views if isinstance(view, TaskReminder)]
    assert (told.task.assignee, told.summary) == (TOM, SUMMARY)
    assert_whole(db)


def test_a_task_goes_to_no_team(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    a_task_of(db, policy, incident_id, SOFIA)
    with pytest.raises(BadInput):
        give(db, policy, SOFIA, incident_id, to_team=PR)
    assert owners_of_tasks(db) == [SOFIA]
    assert scene.paged(db, "pr") == []


@pytest.mark.parametrize("second", ["another task", "a page"])
def test_where_it_is_unclear_what_is_meant_nothing_is_handed_over(
    db: Database, policy: Policy, second: str
) -> None:
    incident_id = opened(db, policy)
    holder = PRIYA if second == "a page" else SOFIA
    for _ in range(1 if second == "a page" else 2):
        a_task_of(db, policy, incident_id, holder)
    with pytest.raises(BadInput) as refused:
        give(db, policy, holder, incident_id, to_person=DANIEL)
    assert "press Hand over" in in_words(refused.value.problem)
    assert set(owners_of_tasks(db)) == {holder}
    assert scene.run_state(db, "legal") is RunState.PAGING
    assert scene.paged(db, f"person:{DANIEL}") == []


def test_a_team_that_is_named_means_the_page_and_not_the_task(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    a_task_of(db, policy, incident_id, PRIYA)
    assert isinstance(give(db, policy, PRIYA, incident_id, to_team=PR), HandedOver)
    assert owners_of_tasks(db) == [PRIYA]
    assert SOFIA in scene.paged(db, "pr")


def test_the_form_opens_for_who_holds_a_part_and_for_nobody_else(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    assert queries.head(db, an_act(PRIYA, minutes=1), incident_id, Deed.HAND_OVER).full
    with pytest.raises(HoldsNothing):
        queries.head(db, an_act(TOM, minutes=1), incident_id, Deed.HAND_OVER)


def test_who_has_declined_holds_nothing_to_hand_over(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    answers.decline(db, policy, an_act(PRIYA), scene.page_of(db, PRIYA), "a plane")
    with pytest.raises(HoldsNothing):
        by_command(db, policy, PRIYA, incident_id, to_team=PR)
    assert scene.run_state(db, "legal") is RunState.PAGING


def test_an_owner_who_declined_a_page_does_not_hand_over_what_others_are_asked_for(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    lifecycle.assign(db, an_act(MEI), incident_id, PRIYA)
    answers.decline(db, policy, an_act(PRIYA), scene.page_of(db, PRIYA), "a plane")
    by_command(db, policy, PRIYA, incident_id, to_team=PR)
    assert scene.run_state(db, "legal") is RunState.PAGING
