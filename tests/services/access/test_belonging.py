"""To read an escalation is not to belong to it: nothing that a person does alone raises their own
rights."""

from collections.abc import Callable

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role
from bot.domain.errors import MayOnlyRead, NotPermitted, NotYours, Refused
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.results import Correction
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import UNANSWERED
from bot.policy import Policy
from bot.services.access import identity
from bot.services.followups import tasks
from bot.services.handover import handing_over
from bot.services.incidents import corrections, lifecycle, severity_changes
from bot.services.paging import answers, starting
from bot.store.access import participants
from bot.store.database import Database
from bot.store.followups import tasks_and_reminders as stored_tasks
from bot.store.paging import pages
from tests.databases import on_both
from tests.factories import MEI, NOON, SOFIA, an_act, an_incident, people
from tests.services import scene
from tests.services.scene import page_of

NICK, NORA = UserId("U0NICK"), UserId("U0NORA")
IN_AN_HOUR = an_act(minutes=60).now


@pytest.fixture
def incident(db: Database, policy: Policy) -> str:
    people(db, policy, **{NICK: {}, NORA: {}})
    return str(an_incident(db, policy, teams=(TeamKey("legal"),)).head.id)


def member(user: str = NICK) -> Act:
    return an_act(user, role=Role.MEMBER)


def viewer(user: str = NICK) -> Act:
    return an_act(user, role=Role.VIEWER)


def may_work(db: Database, policy: Policy, act: Act, incident_id: str) -> bool:
    """Whether they may do what takes a responder: lower the severity, post an update, end it."""
    deeds: list[Callable[[], object]] = [
        lambda: lifecycle.post_update(db, act, incident_id, "all quiet"),
        lambda: severity_changes.set_severity(
            db, policy, act, incident_id, Severity.P2, "less of it"
        ),
        lambda: tasks.add_task(
            db, policy, act, incident_id, assignee=MEI, text="look", due_at=IN_AN_HOUR
        ),
        lambda: lifecycle.assign(db, act, incident_id, act.user),
        lambda: lifecycle.decline(db, act, incident_id, "no escalation"),
    ]
    done = 0
    for deed in deeds:
        try:
            deed()
        except (NotPermitted, MayOnlyRead):
            continue
        done += 1
    assert done in (0, len(deeds)), "some of it, and some not"
    return done > 0


def seat(db: Database, incident_id: str, user: str) -> bool | None:
    with db.reading() as tx:
        return participants.seats(tx, incident_id).get(user)


def test_a_page_that_one_asked_for_oneself_gives_no_right(
    db: Database, policy: Policy, incident: str
) -> None:
    starting.page_person(db, policy, member(), incident, NICK)
    answers.acknowledge(db, member(), page_of(db, NICK))
    assert seat(db, incident, NICK) is False
    assert not may_work(db, policy, member(), incident)


def test_a_page_of_a_friend_who_may_not_work_on_it_gives_no_right(
    db: Database, policy: Policy, incident: str
) -> None:
    starting.page_person(db, policy, member(NORA), incident, NICK)
    answers.acknowledge_mine(db, member())
    assert not may_work(db, policy, member(), incident)


def test_who_paged_themselves_belongs_once_somebody_entitled_wants_it_too(
    db: Database, policy: Policy, incident: str
) -> None:
    starting.page_person(db, policy, member(), incident, NICK)
    lifecycle.assign(db, an_act(), incident, MEI)
    handing_over.hand_over(db, policy, an_act(), incident, to_person=NICK, summary="go on")
    lifecycle.assign(db, an_act(), incident, SOFIA)
    answers.acknowledge(db, member(), page_of(db, NICK))
    assert seat(db, incident, NICK) is True


def test_who_paged_themselves_is_vouched_for_by_nobody_without_the_right(
    db: Database, policy: Policy, incident: str
) -> None:
    for asked in (NICK, NORA):
        starting.page_person(db, policy, member(asked), incident, asked)
    handing_over.hand_over(db, policy, member(NORA), incident, to_person=NICK, summary="go on")
    answers.acknowledge(db, member(), page_of(db, NICK))
    assert seat(db, incident, NICK) is False


@pytest.mark.parametrize("to", [Severity.P0, Severity.P2])
def test_a_change_of_severity_asks_for_nobody(
    db: Database, policy: Policy, incident: str, to: Severity
) -> None:
    """The pages follow it, and are still what people asked for themselves."""
    starting.page_person(db, policy, member(), incident, NICK)
    severity_changes.set_severity(db, policy, an_act(), incident, to, "it changed")
    answers.acknowledge_mine(db, member())
    assert seat(db, incident, NICK) is False
    with pytest.raises(NotPermitted):
        lifecycle.post_update(db, member(), incident, "all quiet")


@on_both
def test_a_rise_that_restricts_calls_off_what_people_asked_for_themselves(
    db: Database, policy: Policy
) -> None:
    opened = an_incident(db, policy, an_act(), teams=(), severity=Severity.P2).head.id
    starting.page_person(db, policy, member(), opened, NICK)
    corrections.correct(db, policy, an_act(), opened, Correction(category="child-safety"))
    assert scene.incident(db, opened).tier is not Tier.STANDARD
    with pytest.raises(Refused):
        answers.acknowledge(db, member(), page_of(db, NICK))
    assert seat(db, opened, NICK) is None


def test_a_team_that_the_policy_proposes_is_wanted_whoever_raises(
    db: Database, policy: Policy
) -> None:
    opened = an_incident(db, policy, an_act(), teams=(), severity=Severity.P2).head.id
    severity_changes.set_severity(db, policy, member(), opened, Severity.P0, "it spreads")
    with db.reading() as tx:
        runs = [run for run in pages.runs_of(tx, [opened]) if run.state in UNANSWERED]
    assert runs
    corrections.correct(db, policy, an_act(), opened, Correction(tier=Tier.RESTRICTED))
    with db.reading() as tx:
        after = {run.id: run.state for run in pages.runs_of(tx, [opened])}
    assert all(after[run.id] in UNANSWERED for run in runs)


def test_a_page_of_somebody_entitled_gives_the_right_to_work_on_it(
    db: Database, policy: Policy, incident: str
) -> None:
    starting.page_person(db, policy, an_act(SOFIA, role=Role.RESPONDER), incident, NICK)
    answers.acknowledge(db, member(), page_of(db, NICK))
    # And who came to belong may bring in others.
    starting.page_person(db, policy, member(), incident, NORA)
    answers.acknowledge(db, member(NORA), page_of(db, NORA))
    assert may_work(db, policy, member(NORA), incident)


def test_coming_into_the_channel_is_reading(db: Database, policy: Policy, incident: str) -> None:
    identity.enter(db, viewer(), incident)
    assert seat(db, incident, NICK) is False
    assert not may_work(db, policy, viewer(), incident)


def test_access_that_was_given_is_reading(db: Database, policy: Policy) -> None:
    people(db, policy, **{NICK: {}, NORA: {}})
    opened = an_incident(db, policy, tier=Tier.RESTRICTED, teams=())
    scene.let_in(db, an_act(), opened.head.id, NICK)
    lifecycle.add_note(db, member(), opened.head.id, "seen")
    assert not may_work(db, policy, member(), opened.head.id)
    with pytest.raises(NotYours):
        scene.let_in(db, member(), opened.head.id, NORA)


def test_who_may_only_read_is_not_asked_for_access(db: Database, policy: Policy) -> None:
    people(db, policy, **{NICK: {}, NORA: {}, MEI: {"deleted": True}})
    opened = an_incident(db, policy, tier=Tier.RESTRICTED, teams=())
    scene.let_in(db, an_act(), opened.head.id, NICK)
    tasks.add_task(
        db, policy, an_act(), opened.head.id, assignee=SOFIA, text="look", due_at=IN_AN_HOUR
    )
    with db.reading() as tx:
        assert participants.participants(tx, opened.head.id) == [MEI, SOFIA, NICK]


@pytest.mark.parametrize("give", ["task", "ownership", "a task passed on"])
def test_work_that_somebody_entitled_gives_makes_its_person_belong(
    db: Database, policy: Policy, incident: str, give: str
) -> None:
    identity.enter(db, member(), incident)
    match give:
        case "task":
            tasks.add_task(
                db, policy, an_act(), incident, assignee=NICK, text="look", due_at=IN_AN_HOUR
            )
        case "ownership":
            lifecycle.assign(db, an_act(), incident, NICK)
            lifecycle.assign(db, an_act(), incident, MEI)
        case _:
            tasks.add_task(
                db, policy, an_act(), incident, assignee=SOFIA, text="look", due_at=IN_AN_HOUR
            )
            with db.reading() as tx:
                task = stored_tasks.open_tasks_of(tx, incident)[0]
            tasks.hand_over_task(db, an_act(SOFIA, role=Role.MEMBER), task.id, NICK)
    assert seat(db, incident, NICK) is True
    assert may_work(db, policy, member(), incident)


def test_nobody_who_belongs_is_set_back_by_what_they_do_themselves(
    db: Database, policy: Policy, incident: str
) -> None:
    tasks.add_task(db, policy, an_act(), incident, assignee=NICK, text="look", due_at=IN_AN_HOUR)
    identity.enter(db, member(), incident)
    starting.page_person(db, policy, member(), incident, NICK)
    answers.acknowledge(db, member(), page_of(db, NICK))
    assert seat(db, incident, NICK) is True


def test_whoever_lost_their_role_may_do_nothing_where_they_belong(
    db: Database, policy: Policy, incident: str
) -> None:
    nobody = an_act(MEI, role=Role.NOBODY, now=NOON)
    assert not may_work(db, policy, nobody, incident)
