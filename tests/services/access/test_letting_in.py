"""Above standard, people come in on the word of someone who may invite, and stay out otherwise."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.access.rights import Deed
from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role
from bot.domain.errors import (
    AlreadyAcknowledged,
    AlreadyPaged,
    BadInput,
    HandedOverAlready,
    HoldsNothing,
    MayNotTighten,
    MayOnlyRead,
    NoAccess,
    NothingToAcknowledge,
    Refused,
)
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.results import Correction
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.access import manual_joins
from bot.services.followups import tasks
from bot.services.handover import handing_over
from bot.services.incidents import corrections, lifecycle, queries, severity_changes
from bot.services.paging import answers, starting
from bot.store.access import participants
from bot.store.database import Database
from bot.store.followups import tasks_and_reminders as stored_tasks
from tests.databases import on_both
from tests.factories import DANIEL, MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.invariants import assert_whole
from tests.problems import in_words
from tests.services import scene

NOOR, BAO, KIM = UserId("U0NOOR"), UserId("U0BAO"), UserId("U0KIM")
LEGAL, PR = TeamKey("legal"), TeamKey("pr")
RESTRICTED = Correction(tier=Tier.RESTRICTED)
LATER = an_act(hours=3).now
SUMMARY = "it is drafted"


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy, **{NOOR: {}, BAO: {}, KIM: {}})


def standard(db: Database, policy: Policy, *teams: TeamKey) -> str:
    return str(an_incident(db, policy, teams=teams).head.id)


def restricted(db: Database, policy: Policy, *teams: TeamKey) -> str:
    return str(an_incident(db, policy, teams=teams, tier=Tier.RESTRICTED).head.id)


def member(user: str, hours: float = 0) -> Act:
    return an_act(user, role=Role.MEMBER, hours=hours)


def viewer(user: str, days: float = 0) -> Act:
    return an_act(user, role=Role.VIEWER, days=days)


def reads(db: Database, incident_id: str, user: str) -> bool:
    with db.reading() as tx:
        return user in participants.seats(tx, incident_id)


def tighten(db: Database, policy: Policy, incident_id: str) -> None:
    corrections.correct(db, policy, an_act(), incident_id, RESTRICTED)


def given_access(db: Database, incident_id: str, user: UserId) -> None:
    scene.let_in(db, an_act(), incident_id, user)


def pass_by(db: Database, policy: Policy) -> None:
    """Every ladder comes to its end."""
    for quarter in range(1, 40):
        scene.tick(db, policy, NOON + quarter * timedelta(minutes=15))


def said_aloud(db: Database, incident_id: str, kind: EntryKind) -> list[dict[str, object]]:
    entries = queries.details(db, an_act(), incident_id, newest=None).entries
    told = {row.args.get("seq") for row in scene.outgoing_rows(db, DeliveryKind.NOTICE)}
    return [dict(entry.data) for entry in entries if entry.kind is kind and entry.seq in told]


# A page that no one entitled asked for


@pytest.mark.parametrize("asker", [NOOR, KIM])
@pytest.mark.parametrize("exhausted", [False, True])
def test_a_page_that_no_one_entitled_asked_for_is_no_key_once_it_is_restricted(
    db: Database, policy: Policy, asker: UserId, exhausted: bool
) -> None:
    incident_id = standard(db, policy)
    starting.page_person(db, policy, member(asker), incident_id, NOOR, "look")
    scene.send(db, policy)
    if exhausted:
        pass_by(db, policy)
        assert scene.run_state(db, f"person:{NOOR}") is RunState.EXHAUSTED
    tighten(db, policy, incident_id)
    act = member(NOOR, hours=4)
    with pytest.raises(Refused):
        answers.acknowledge(db, act, scene.page_of(db, NOOR))
    with pytest.raises(NothingToAcknowledge):
        answers.acknowledge_mine(db, act, incident_id)
    with pytest.raises(Refused):
        handing_over.hand_over_page(
            db, policy, act, scene.page_of(db, NOOR), to_team=None, to_person=KIM, summary=SUMMARY
        )
    assert not reads(db, incident_id, NOOR)
    [told] = said_aloud(db, incident_id, EntryKind.CALLED_OFF)
    assert told["team"] == f"person:{NOOR}"
    sent = scene.send(db, policy, LATER)
    views = [letter.view for letter in scene.letters(sent, DeliveryKind.PAGE_UPDATE)]
    mine = [view for view in views if isinstance(view, PageMessage) and view.target == NOOR]
    assert mine[-1].run_state is RunState.CANCELLED
    assert_whole(db)


def test_a_responders_own_page_is_no_key_either(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy)
    act = an_act(NOOR, role=Role.RESPONDER)
    starting.page_person(db, policy, act, incident_id, NOOR)
    tighten(db, policy, incident_id)
    with pytest.raises(Refused):
        answers.acknowledge_mine(db, act, incident_id)
    assert not reads(db, incident_id, NOOR)


def test_who_asked_for_a_team_does_not_come_in_by_its_list(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy)
    starting.page_team(db, policy, an_act(PRIYA, role=Role.RESPONDER), incident_id, LEGAL)
    tighten(db, policy, incident_id)
    with pytest.raises(NoAccess):
        answers.acknowledge_mine(db, an_act(PRIYA, role=Role.RESPONDER), incident_id)
    assert scene.run_state(db, "legal") is RunState.PAGING, "the others may still answer"
    answers.acknowledge_mine(db, an_act(TOM, role=Role.RESPONDER), incident_id)
    assert reads(db, incident_id, TOM)


def test_a_page_that_someone_entitled_asked_for_lets_in_after_tightening(
    db: Database, policy: Policy
) -> None:
    incident_id = standard(db, policy, LEGAL)
    starting.page_person(db, policy, an_act(), incident_id, NOOR)
    tighten(db, policy, incident_id)
    answers.acknowledge_mine(db, member(NOOR), incident_id)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    assert reads(db, incident_id, NOOR)
    assert reads(db, incident_id, PRIYA)


@on_both
def test_an_entitled_page_vouches_for_one_that_waits(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy)
    starting.page_person(db, policy, member(NOOR), incident_id, NOOR)
    scene.send(db, policy)
    started = starting.page_person(db, policy, an_act(SOFIA), incident_id, NOOR, "needed")
    assert started.targets == (NOOR,)
    assert len(scene.paged(db, f"person:{NOOR}")) == 1, "no second page"
    run = scene.run_of(db, f"person:{NOOR}")
    assert (run.by_entitled, run.requested_by) == (True, SOFIA)
    sent = scene.send(db, policy, NOON + timedelta(minutes=1))
    [edited] = [letter.view for letter in scene.letters(sent, DeliveryKind.PAGE_UPDATE)]
    assert isinstance(edited, PageMessage)
    assert [reason.words for reason in edited.reasons] == ["", "needed"]
    with pytest.raises(AlreadyPaged):
        starting.page_person(db, policy, an_act(SOFIA), incident_id, NOOR)
    tighten(db, policy, incident_id)
    answers.acknowledge_mine(db, member(NOOR), incident_id)
    with db.reading() as tx:
        assert participants.seats(tx, incident_id)[NOOR] is True


# Readers let no one in


def test_who_only_reads_a_restricted_one_pages_no_one(db: Database, policy: Policy) -> None:
    incident_id = restricted(db, policy)
    given_access(db, incident_id, BAO)
    deeds: list[Callable[[], object]] = [
        lambda: starting.page_person(db, policy, member(BAO), incident_id, KIM),
        lambda: starting.page_team(db, policy, member(BAO), incident_id, LEGAL),
        lambda: severity_changes.set_severity(db, policy, member(BAO), incident_id, Severity.P0),
        lambda: queries.head(db, member(BAO), incident_id, Deed.PAGE),
    ]
    for deed in deeds:
        with pytest.raises(MayOnlyRead) as said:
            deed()
        assert said.value.ask == MEI
    assert scene.all_pages(db) == []


def test_a_responder_who_was_given_access_pages(db: Database, policy: Policy) -> None:
    incident_id = restricted(db, policy)
    given_access(db, incident_id, BAO)
    starting.page_person(db, policy, an_act(BAO, role=Role.RESPONDER), incident_id, KIM)
    answers.acknowledge_mine(db, viewer(KIM), incident_id)
    assert reads(db, incident_id, KIM)


def test_who_only_reads_hands_over_to_no_one(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy)
    starting.page_person(db, policy, member(NOOR), incident_id, KIM)
    answers.acknowledge_mine(db, viewer(KIM), incident_id)
    tighten(db, policy, incident_id)
    with pytest.raises(MayOnlyRead):
        handing_over.hand_over(db, policy, viewer(KIM), incident_id, to_person=BAO, summary=SUMMARY)
    assert scene.paged(db, f"person:{BAO}") == []


# Who may not read it any more


def with_a_task(db: Database, policy: Policy) -> tuple[str, str]:
    """Noor has a task in a restricted escalation, and leaves its channel."""
    incident_id = restricted(db, policy)
    tasks.add_task(db, policy, an_act(), incident_id, assignee=NOOR, text="look", due_at=LATER)
    with db.reading() as tx:
        [task] = stored_tasks.open_tasks_of(tx, incident_id)
    return incident_id, task.id


def test_tasks_of_who_leaves_go_to_who_answers_for_it(db: Database, policy: Policy) -> None:
    incident_id, task_id = with_a_task(db, policy)
    lifecycle.assign(db, an_act(), incident_id, SOFIA)
    manual_joins.left(db, policy, an_act(NOOR), incident_id, NOOR)
    with db.reading() as tx:
        task = stored_tasks.task(tx, task_id)
    assert task is not None
    assert task.assignee == SOFIA
    sent = scene.send(db, policy)
    assert SOFIA in scene.told(sent, DeliveryKind.TASK_REMINDER)
    with pytest.raises(Refused):
        tasks.hand_over_task(db, member(NOOR), task_id, KIM)
    assert_whole(db)


@pytest.mark.parametrize("deed", ["hand over", "finish", "finish mine", "snooze", "look"])
def test_a_task_of_who_may_not_read_it_is_not_used(db: Database, policy: Policy, deed: str) -> None:
    """Its last reader left, so it has stayed theirs."""
    incident_id, task_id = with_a_task(db, policy)
    for user in (MEI, NOOR):
        manual_joins.left(db, policy, an_act(user), incident_id, user)
    with db.transaction() as tx:
        stored_tasks.hand_over_task(tx, task_id, NOOR)
    act = member(NOOR)
    deeds: dict[str, Callable[[], object]] = {
        "hand over": lambda: tasks.hand_over_task(db, act, task_id, KIM, "take it"),
        "finish": lambda: tasks.finish_task(db, act, task_id),
        "finish mine": lambda: tasks.finish_my_task(db, act, incident_id),
        "snooze": lambda: tasks.snooze_task(db, act, task_id, LATER),
        "look": lambda: queries.task(db, act, task_id),
    }
    with pytest.raises(NoAccess):
        deeds[deed]()
    assert not reads(db, incident_id, KIM)


def test_who_comes_back_by_a_ladder_is_told_to_who_answers(db: Database, policy: Policy) -> None:
    incident_id = restricted(db, policy, LEGAL)
    given_access(db, incident_id, TOM)
    manual_joins.left(db, policy, an_act(TOM), incident_id, TOM)
    answers.acknowledge_mine(db, an_act(TOM, role=Role.RESPONDER), incident_id)
    [told] = said_aloud(db, incident_id, EntryKind.CAME_BACK)
    assert told["owner"] == MEI


def test_who_was_never_in_it_is_not_said_to_come_back(db: Database, policy: Policy) -> None:
    incident_id = restricted(db, policy, LEGAL)
    answers.acknowledge_mine(db, an_act(TOM, role=Role.RESPONDER), incident_id)
    assert said_aloud(db, incident_id, EntryKind.CAME_BACK) == []


def test_the_card_says_that_a_responder_left(db: Database, policy: Policy) -> None:
    incident_id = restricted(db, policy, LEGAL, PR)
    answers.acknowledge_mine(db, an_act(PRIYA, role=Role.RESPONDER), incident_id)
    manual_joins.left(db, policy, an_act(PRIYA), incident_id, PRIYA)
    rows = {row.team: row for row in scene.card(db, incident_id).teams}
    assert (rows[LEGAL].left, rows[PR].left) == (True, False)


def test_the_card_tells_who_may_lead(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy, LEGAL)
    starting.page_person(db, policy, member(NOOR), incident_id, NOOR)
    answers.acknowledge_mine(db, member(NOOR), incident_id)
    answers.acknowledge_mine(db, an_act(PRIYA, role=Role.RESPONDER), incident_id)
    rows = {row.responder: row.may_lead for row in scene.card(db, incident_id).teams}
    assert rows == {NOOR: False, PRIYA: True}


def test_who_may_not_read_it_any_more_is_not_told_how_to_pass_it_on(
    db: Database, policy: Policy
) -> None:
    incident_id = restricted(db, policy, LEGAL)
    answers.acknowledge_mine(db, an_act(PRIYA, role=Role.RESPONDER), incident_id)
    page = scene.page_of(db, PRIYA)
    for holds in (True, False):
        with pytest.raises(AlreadyAcknowledged) as said:
            answers.acknowledge(db, an_act(PRIYA, role=Role.RESPONDER), page)
        assert (said.value.yours, said.value.holds) == (True, holds)
        manual_joins.left(db, policy, an_act(PRIYA), incident_id, PRIYA)


# What was passed on is not held any more


def test_what_was_passed_on_is_passed_on_once(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy, LEGAL)
    answers.acknowledge_mine(db, an_act(PRIYA), incident_id)

    def to(minutes: int, **whom: object) -> None:
        act = an_act(PRIYA, minutes=minutes)
        handing_over.hand_over(db, policy, act, incident_id, **whom, summary=SUMMARY)  # type: ignore[arg-type]

    to(1, to_team=PR)
    with pytest.raises(HandedOverAlready):
        to(2, to_person=DANIEL)
    answers.acknowledge_mine(db, an_act(SOFIA, minutes=3), incident_id)
    with pytest.raises(HoldsNothing):
        to(4, to_person=DANIEL)
    assert scene.paged(db, f"person:{DANIEL}") == []


def test_a_part_that_no_one_took_can_be_passed_on_again(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy, LEGAL)
    answers.acknowledge_mine(db, an_act(PRIYA), incident_id)
    act = an_act(PRIYA, minutes=1)
    handing_over.hand_over(db, policy, act, incident_id, to_person=DANIEL, summary=SUMMARY)
    pass_by(db, policy)
    again = an_act(PRIYA, days=2)
    handing_over.hand_over(db, policy, again, incident_id, to_team=PR, summary=SUMMARY)
    assert scene.run_state(db, "pr") is RunState.PAGING


def test_what_no_one_entitled_gave_is_passed_on_once_in_all(db: Database, policy: Policy) -> None:
    """Also where no one took it: one acknowledged page does not page one team after another."""
    incident_id = standard(db, policy)
    starting.page_person(db, policy, member(NOOR), incident_id, KIM)
    answers.acknowledge_mine(db, viewer(KIM), incident_id)
    handing_over.hand_over(db, policy, viewer(KIM), incident_id, to_team=PR, summary=SUMMARY)
    pass_by(db, policy)
    with pytest.raises(HandedOverAlready) as refused:
        handing_over.hand_over(
            db, policy, viewer(KIM, days=8), incident_id, to_team=LEGAL, summary=SUMMARY
        )
    assert refused.value.once
    assert scene.paged(db, "legal") == []


# Who may tighten


def test_who_took_the_ownership_alone_may_not_tighten(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy)
    act = an_act(NOOR, role=Role.RESPONDER)
    lifecycle.assign(db, act, incident_id, NOOR)
    with pytest.raises(MayNotTighten):
        corrections.correct(db, policy, act, incident_id, RESTRICTED)
    lifecycle.assign(db, an_act(), incident_id, MEI)
    lifecycle.assign(db, an_act(), incident_id, NOOR)
    corrections.correct(db, policy, act, incident_id, RESTRICTED)


def test_an_owner_who_answers_a_page_may_tighten(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy, LEGAL)
    act = an_act(PRIYA, role=Role.RESPONDER)
    answers.acknowledge_mine(db, act, incident_id)
    lifecycle.assign(db, act, incident_id, PRIYA)
    corrections.correct(db, policy, act, incident_id, RESTRICTED)


def test_a_tighter_category_takes_the_right_to_tighten(db: Database, policy: Policy) -> None:
    incident_id = standard(db, policy)
    wanted = Correction(category="suspected-csam")
    with pytest.raises(MayNotTighten):
        corrections.correct(db, policy, an_act(NOOR, role=Role.RESPONDER), incident_id, wanted)
    assert scene.incident(db, incident_id).severity is Severity.P1
    assert scene.all_pages(db) == []


def test_a_category_that_takes_no_title_says_so(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, category="suspected-csam", teams=()).head.id
    with pytest.raises(BadInput) as refused:
        corrections.correct(db, policy, an_act(), incident_id, Correction(title="Another one"))
    assert "takes no title" in in_words(refused.value.problem)
