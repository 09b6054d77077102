"""Who has become a guest, left or turned out to be of another organisation is told nothing more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.followups.reminder_messages import TaskReminder, UpdateReminder
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.access import identity, requests
from bot.services.delivery.content import ChannelCall, MessageContent
from bot.services.digests import digest
from bot.services.followups import tasks as followups_tasks
from bot.services.incidents import home, lifecycle
from bot.services.people import directory
from bot.store.database import Database
from bot.store.tables import Task
from tests.factories import MEI, NOON, PRIYA, TOM, WORKSPACE, an_act, an_incident, people
from tests.services import scene
from tests.services.scene import Sent

SECRET = "Zyxomma"
HOUR = timedelta(hours=1)
LATER = NOON + 3 * HOUR
GUEST = {"is_restricted": True}
KEPT_OUT = [GUEST, {"deleted": True}, {"team_id": "T0OTHERS"}]


@pytest.fixture(params=list(Tier))
def tier(request: pytest.FixtureRequest) -> Tier:
    assert isinstance(request.param, Tier)
    return request.param


@pytest.fixture
def story(db: Database, policy: Policy, tier: Tier) -> str:
    """Tom owns an incident that Mei opened, has a task there and reminds himself of it."""
    people(db, policy)
    incident_id = an_incident(db, policy, title=SECRET, tier=tier, teams=()).head.id
    mei, tom = an_act(MEI), an_act(TOM)
    lifecycle.assign(db, mei, incident_id, TOM)
    followups_tasks.add_task(db, policy, mei, incident_id, assignee=TOM, text=SECRET, due_at=LATER)
    for about in (incident_id, None):
        followups_tasks.add_reminder(db, tom, text=SECRET, due_at=LATER, incident_id=about)
    scene.send(db, policy)
    return incident_id


def becomes(db: Database, policy: Policy, user: str, told: dict[str, Any]) -> None:
    directory.remember_people(db, policy, WORKSPACE, [{"id": user, **told}], NOON)


def said_later(db: Database, policy: Policy) -> Sent:
    scene.tick(db, policy, LATER)
    return scene.send(db, policy, LATER)


def to(sent: Sent, user: str) -> list[MessageContent[Any]]:
    return [one for _, one in sent if isinstance(one, MessageContent) and one.person == user]


@pytest.mark.usefixtures("story")
def test_a_member_is_told_in_full(db: Database, policy: Policy) -> None:
    sent = said_later(db, policy)
    assert [SECRET in str(letter.view) for letter in to(sent, TOM)] == [True] * 4
    assert not to(sent, MEI)


@pytest.mark.parametrize("told", KEPT_OUT)
@pytest.mark.usefixtures("story")
def test_who_is_kept_out_is_told_nothing_and_what_is_due_goes_to_who_answers_for_it(
    db: Database, policy: Policy, tier: Tier, told: dict[str, Any]
) -> None:
    """Of a restricted one, the task itself has gone to them: its person may not read it again."""
    becomes(db, policy, TOM, told)
    sent = said_later(db, policy)
    assert not to(sent, TOM)
    assert scene.told(sent, DeliveryKind.REMINDER) == []
    views = [letter.view for letter in to(sent, MEI)]
    tasks = [view for view in views if isinstance(view, TaskReminder)]
    stays = tier is Tier.STANDARD
    assert {(view.instead, view.task.assignee, view.task.text) for view in tasks} == {
        (stays, TOM if stays else MEI, SECRET)
    }
    assert [view.head.full for view in views if isinstance(view, UpdateReminder)] == [True]


@pytest.mark.usefixtures("story")
def test_a_manager_who_is_not_invited_reads_no_word_of_what_comes_instead(
    db: Database, policy: Policy, tier: Tier
) -> None:
    """Nobody else is left for the tasks; an update is asked only of a person who may read it."""
    becomes(db, policy, TOM, GUEST)
    becomes(db, policy, MEI, GUEST)
    policy = replace(policy, managers_on_duty=(MEI, UserId("U0HELEN")))
    sent = said_later(db, policy)
    assert not [*to(sent, TOM), *to(sent, MEI)]
    views = [letter.view for letter in to(sent, "U0HELEN")]
    assert len(views) == (2 if tier is Tier.STANDARD else 1)
    assert (SECRET in str(views)) is (tier is Tier.STANDARD)


@pytest.mark.usefixtures("story")
def test_where_nobody_is_left_nothing_is_said_to_them(db: Database, policy: Policy) -> None:
    becomes(db, policy, TOM, GUEST)
    becomes(db, policy, MEI, GUEST)
    sent = said_later(db, replace(policy, managers_on_duty=()))
    assert not [*to(sent, TOM), *to(sent, MEI)]


@pytest.mark.parametrize("told", KEPT_OUT)
@pytest.mark.usefixtures("story")
def test_the_home_tab_of_who_is_kept_out_is_empty(
    db: Database, policy: Policy, told: dict[str, Any]
) -> None:
    def drawn() -> str:
        act = identity.identify(db, policy, WORKSPACE, TOM, NOON)
        assert act is not None
        return str(home.home_of(db, act))

    assert "ESC-1" in drawn()
    becomes(db, policy, TOM, told)
    assert "ESC-1" not in drawn()
    assert SECRET not in drawn()


def test_a_page_still_goes_out_but_with_the_codename(
    db: Database, policy: Policy, tier: Tier
) -> None:
    """It was on its way when they became a guest; the ladder goes on without them."""
    people(db, policy)
    an_incident(db, policy, title=SECRET, tier=tier)
    becomes(db, policy, PRIYA, GUEST)
    [page] = [one.view for one in to(scene.send(db, policy), PRIYA)]
    assert isinstance(page, PageMessage)
    assert not page.head.full
    assert SECRET not in str(page)


def test_a_page_that_was_sent_before_loses_its_title_when_it_is_edited(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    incident_id = an_incident(db, policy, title=SECRET).head.id
    assert SECRET in str(to(scene.send(db, policy), PRIYA))
    becomes(db, policy, PRIYA, GUEST)
    lifecycle.decline(db, an_act(MEI), incident_id, "no escalation")
    edits = scene.letters(scene.send(db, policy, NOON + HOUR), DeliveryKind.PAGE_UPDATE)
    [theirs] = [letter for letter in edits if letter.channel == f"D{PRIYA}"]
    assert SECRET not in str(theirs.view)


def test_a_request_for_access_on_its_way_goes_to_the_next_who_may_decide(
    db: Database, policy: Policy, story: str
) -> None:
    requests.request_access(db, policy, an_act("U0NOOR", role=Role.VIEWER), story)
    becomes(db, policy, TOM, GUEST)
    sent = scene.send(db, policy, NOON + HOUR)
    assert scene.told(sent, DeliveryKind.ACCESS_REQUEST) == [MEI]


def test_follow_ups_of_an_owner_who_is_kept_out_go_to_who_resolves(
    db: Database, policy: Policy, story: str
) -> None:
    becomes(db, policy, TOM, GUEST)
    lifecycle.resolve(db, policy, an_act(MEI, hours=1), story, root_cause="tooling")
    with db.reading() as tx:
        new = [task for task in tx.all(select(Task)) if task.text.endswith("follow-up")]
    assert {task.assignee for task in new} == {MEI}


def test_nobody_who_is_kept_out_is_brought_into_the_channel(
    db: Database, policy: Policy, tier: Tier
) -> None:
    people(db, policy)
    incident_id = an_incident(db, policy, title=SECRET, tier=tier, teams=()).head.id
    scene.send(db, policy)
    lifecycle.assign(db, an_act(MEI), incident_id, TOM)
    lifecycle.assign(db, an_act(MEI, minutes=1), incident_id, PRIYA)
    becomes(db, policy, TOM, GUEST)
    sent = scene.send(db, policy, NOON + HOUR)
    invited = [one for claimed, one in sent if claimed.kind is DeliveryKind.CHANNEL_INVITE]
    users = [one.users for one in invited if isinstance(one, ChannelCall)]
    assert users == [(PRIYA,)]


@pytest.mark.usefixtures("story")
def test_an_invitation_outlasts_the_role_of_a_full_member(db: Database, policy: Policy) -> None:
    """It is a grant of its own; the channel shows them everything as well."""
    bare = replace(policy, roles=replace(policy.roles, people={}, groups={}), teams={})
    act = identity.identify(db, bare, WORKSPACE, TOM, NOON)
    assert act is not None
    assert (act.role, act.kept_out) == (Role.NOBODY, False)
    assert SECRET in str([letter.view for letter in to(said_later(db, bare), TOM)])


def test_a_digest_reaches_no_person_who_is_kept_out(db: Database, policy: Policy) -> None:
    people(db, policy)
    an_incident(db, policy, title=SECRET, teams=())
    rule = replace(policy.digests[0], channels=(), people=(PRIYA, TOM))
    policy = replace(policy, digests=(rule,))
    becomes(db, policy, TOM, GUEST)
    digest.send_now(db, policy, an_act(MEI, hours=1), None)
    sent = scene.send(db, policy, NOON + HOUR)
    assert scene.told(sent, DeliveryKind.DIGEST) == [PRIYA]
