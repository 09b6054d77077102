"""An invitation of a person who is no full member any more ends for good, and is told of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access.access_messages import InvitationEnded
from bot.domain.access.rights import Deed
from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import AlreadyAcknowledged, MayOnlyRead, NoAccess
from bot.domain.ids import UserId
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.people.person_messages import UneditedArgs
from bot.policy import Policy
from bot.services import locked
from bot.services.access import identity, manual_joins, requests
from bot.services.channels import channel
from bot.services.delivery.content import ChannelCall
from bot.services.followups import tasks
from bot.services.incidents import lifecycle, queries
from bot.services.paging import answers, starting
from bot.services.people import departures, directory
from bot.store.access import participants
from bot.store.database import Database
from bot.store.followups.tasks_and_reminders import open_tasks_of
from bot.store.incidents import timeline
from tests.databases import on_both
from tests.factories import MEI, NOON, PRIYA, SOFIA, TOM, WORKSPACE, an_act, an_incident, people
from tests.services import scene

HELEN = UserId("U0HELEN")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NO_MEMBER = [{"is_restricted": True}, {"deleted": True}, {"team_id": "T0OTHERS"}]
no_member = pytest.mark.parametrize("told", NO_MEMBER, ids=["guest", "deactivated", "elsewhere"])


@pytest.fixture
def secret(db: Database, policy: Policy) -> str:
    """Mei opened it, Tom owns it, Priya of Legal and Sofia are in it; it has its channel."""
    people(db, policy, U0HELEN={})
    opened = an_incident(db, policy, teams=("legal",), tier=Tier.RESTRICTED).head.id
    lifecycle.assign(db, an_act(MEI), opened, TOM)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    scene.let_in(db, an_act(TOM), opened, SOFIA)
    with db.transaction() as tx:
        channel.channel_made(tx, an_act(), opened, "C0SECRET", "esc-1")
    scene.send(db, policy)
    return opened


def becomes(db: Database, policy: Policy, user: str, **told: Any) -> None:
    directory.remember_people(db, policy, WORKSPACE, [{"id": user, **told}], NOON)


def goes_and_returns(db: Database, policy: Policy, user: str, told: dict[str, Any]) -> None:
    becomes(db, policy, user, **told)
    becomes(db, policy, user)


def reads(db: Database, policy: Policy, user: str, incident_id: str) -> bool:
    """As the person, with the role that they have now."""
    act = identity.identify(db, policy, WORKSPACE, user, NOON)
    assert act is not None
    try:
        queries.details(db, replace(act, role=max(act.role, Role.VIEWER)), incident_id)
    except NoAccess:
        return False
    return True


def entries(db: Database, incident_id: str) -> list[dict[str, Any]]:
    with db.reading() as tx:
        all_of_them = timeline.timeline(tx, incident_id)
    return [entry.data for entry in all_of_them if entry.kind is EntryKind.LEFT]


def letters(db: Database, policy: Policy) -> list[tuple[str | None, InvitationEnded]]:
    sent = scene.letters(scene.send(db, policy, NOON + HOUR), DeliveryKind.INVITATION_ENDED)
    return [(one.person, one.view) for one in sent if isinstance(one.view, InvitationEnded)]


@on_both
@no_member
def test_who_returns_reads_it_no_more_until_they_are_let_in_again(
    db: Database, policy: Policy, secret: str, told: dict[str, Any]
) -> None:
    assert reads(db, policy, SOFIA, secret)
    goes_and_returns(db, policy, SOFIA, told)
    assert not reads(db, policy, SOFIA, secret)
    with pytest.raises(NoAccess):
        identity.enter(db, an_act(SOFIA), secret)
    requests.request_access(db, policy, an_act(SOFIA, minutes=1), secret)
    requests.answer(db, an_act(TOM), scene.newest_request(db), granted=True)
    assert reads(db, policy, SOFIA, secret)


@no_member
def test_the_owner_and_the_timeline_are_told_once(
    db: Database, policy: Policy, secret: str, told: dict[str, Any]
) -> None:
    for _ in range(2):
        becomes(db, policy, SOFIA, **told)
    assert entries(db, secret) == [{"person": SOFIA, "because": "not a full member"}]
    [(reader, view)] = letters(db, policy)
    assert (reader, view) == (TOM, InvitationEnded("ESC-1", SOFIA))


@no_member
@pytest.mark.usefixtures("secret")
def test_they_are_taken_out_of_the_channel(
    db: Database, policy: Policy, told: dict[str, Any]
) -> None:
    becomes(db, policy, SOFIA, **told)
    sent = scene.send(db, policy, NOON + HOUR)
    [call] = [one for claimed, one in sent if claimed.kind is DeliveryKind.CHANNEL_REMOVE]
    assert isinstance(call, ChannelCall)
    assert (call.channel, call.removed) == ("C0SECRET", SOFIA)


def test_an_owner_s_invitation_ends_too_and_the_next_who_may_let_them_in_is_told(
    db: Database, policy: Policy, secret: str
) -> None:
    goes_and_returns(db, policy, TOM, {"is_restricted": True})
    assert not reads(db, policy, TOM, secret)
    assert letters(db, policy) == [(MEI, InvitationEnded("ESC-1", TOM, owns=True))]
    requests.request_access(db, policy, an_act(TOM), secret)
    sent = scene.send(db, policy, NOON + 2 * HOUR)
    assert scene.told(sent, DeliveryKind.ACCESS_REQUEST) == [MEI]


def test_where_no_one_is_left_to_let_others_in_a_manager_on_duty_reads_the_reference(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    policy = replace(policy, managers_on_duty=(HELEN,))
    an_incident(db, policy, teams=(), tier=Tier.RESTRICTED)
    becomes(db, policy, MEI, deleted=True)
    assert letters(db, policy) == [(HELEN, InvitationEnded("ESC-1", MEI, alone=True))]


def test_their_tasks_go_to_the_owner(db: Database, policy: Policy, secret: str) -> None:
    due = NOON + 3 * HOUR
    tasks.add_task(db, policy, an_act(TOM), secret, assignee=SOFIA, text="List", due_at=due)
    becomes(db, policy, SOFIA, deleted=True)
    with db.reading() as tx:
        assert [task.assignee for task in open_tasks_of(tx, secret)] == [TOM]


def test_a_page_that_they_took_before_lets_them_in_no_more(
    db: Database, policy: Policy, secret: str
) -> None:
    goes_and_returns(db, policy, PRIYA, {"is_restricted": True})
    with pytest.raises(AlreadyAcknowledged):
        answers.acknowledge(db, an_act(PRIYA, minutes=5), scene.page_of(db, PRIYA))
    assert not reads(db, policy, PRIYA, secret)


def test_an_invitation_on_its_way_into_the_channel_is_not_sent(
    db: Database, policy: Policy, secret: str
) -> None:
    scene.let_in(db, an_act(TOM), secret, HELEN)
    goes_and_returns(db, policy, HELEN, {"is_restricted": True})
    sent = scene.send(db, policy, NOON + HOUR)
    assert not [
        one
        for claimed, one in sent
        if claimed.kind is DeliveryKind.CHANNEL_INVITE and isinstance(one, ChannelCall)
    ]


def test_it_ends_in_standard_escalations_too_which_may_be_made_restricted(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    opened = an_incident(db, policy, teams=()).head.id
    scene.let_in(db, an_act(MEI), opened, SOFIA)
    ended = an_incident(db, policy, teams=()).head.id
    scene.let_in(db, an_act(MEI), ended, SOFIA)
    lifecycle.decline(db, an_act(MEI), ended, "none")
    goes_and_returns(db, policy, SOFIA, {"is_restricted": True})
    for incident_id in (opened, ended):
        with db.reading() as tx:
            assert participants.participants(tx, incident_id) == [MEI]
    assert entries(db, opened) == [{"person": SOFIA, "because": "not a full member"}]
    assert letters(db, policy) == []


def test_two_replicas_that_hear_of_it_at_once_end_it_once(
    db: Database, policy: Policy, secret: str
) -> None:
    with ThreadPoolExecutor(4) as pool:
        heard = [
            pool.submit(becomes, db, policy, SOFIA, is_restricted=True, name=f"S{number}")
            for number in range(4)
        ]
        for one in heard:
            one.result()
    assert len(entries(db, secret)) == 1
    assert [reader for reader, _ in letters(db, policy)] == [TOM]


def test_a_refused_message_ends_no_invitation(db: Database, policy: Policy, secret: str) -> None:
    """Slack says so of people who are there, too: they count as gone until it describes them."""
    with db.transaction() as tx:
        departures.mark_gone(tx, policy, WORKSPACE, SOFIA, NOON)
    becomes(db, policy, SOFIA)
    assert reads(db, policy, SOFIA, secret)
    assert entries(db, secret) == []


def test_it_ends_where_a_refused_message_told_of_it_first(
    db: Database, policy: Policy, secret: str
) -> None:
    with db.transaction() as tx:
        departures.mark_gone(tx, policy, WORKSPACE, SOFIA, NOON)
    goes_and_returns(db, policy, SOFIA, {"deleted": True})
    assert not reads(db, policy, SOFIA, secret)


def test_whoever_was_let_in_while_another_replica_did_not_know_loses_it_at_the_next_look(
    db: Database, policy: Policy, secret: str
) -> None:
    becomes(db, policy, SOFIA, is_restricted=True)
    with db.transaction() as tx:
        participants.invite(tx, scene.incident(db, secret), [SOFIA], None, NOON, belongs=True)
    goes_and_returns(db, policy, SOFIA, {"is_restricted": True})
    assert not reads(db, policy, SOFIA, secret)


# An owner who left the channel


def test_an_owner_who_left_the_channel_reads_it_until_another_person_owns_it(
    db: Database, policy: Policy, secret: str
) -> None:
    manual_joins.left(db, policy, an_act("bot"), secret, TOM)
    assert reads(db, policy, TOM, secret)
    lifecycle.assign(db, an_act(MEI), secret, PRIYA)
    assert not reads(db, policy, TOM, secret)
    assert entries(db, secret) == [{"person": TOM, "because": "no longer the owner"}]


@pytest.mark.parametrize("back", ["joins", "is given a task"])
def test_an_owner_who_came_back_keeps_it(
    db: Database, policy: Policy, secret: str, back: str
) -> None:
    manual_joins.left(db, policy, an_act("bot"), secret, TOM)
    if back == "joins":
        found = manual_joins.intruded_upon(db, an_act("bot"), "C0SECRET", TOM)
        assert found == secret
        manual_joins.joined(db, policy, an_act("bot"), secret, TOM, MEI)
    else:
        due = NOON + 3 * HOUR
        tasks.add_task(db, policy, an_act(MEI), secret, assignee=TOM, text="List", due_at=due)
        assert [row.args["users"] for row in scene.waiting(db, DeliveryKind.CHANNEL_INVITE)] == [
            [TOM]
        ]
    lifecycle.assign(db, an_act(MEI), secret, PRIYA)
    assert reads(db, policy, TOM, secret)


def test_a_refusal_sends_people_to_someone_who_is_there(
    db: Database, policy: Policy, secret: str
) -> None:
    reader = an_act(SOFIA, role=Role.MEMBER)
    for named in (TOM, MEI):
        with pytest.raises(MayOnlyRead) as refused:
            starting.page_person(db, policy, reader, secret, HELEN, "look")
        assert refused.value.ask == named
        becomes(db, policy, TOM, deleted=True)


def test_who_resolves_it_lets_no_one_in_again_by_its_follow_ups(
    db: Database, policy: Policy, secret: str
) -> None:
    goes_and_returns(db, policy, TOM, {"is_restricted": True})
    lifecycle.resolve(db, policy, an_act(MEI, hours=1), secret, root_cause="tooling")
    with db.reading() as tx:
        assert {task.assignee for task in open_tasks_of(tx, secret)} == {MEI}
    assert not reads(db, policy, TOM, secret)


def test_who_lost_access_is_not_told_whose_message_still_shows_its_words(
    db: Database, policy: Policy, secret: str
) -> None:
    with db.transaction() as tx, locked.lock_incident(tx, an_act(TOM), secret, Deed.READ) as it:
        args = UneditedArgs(about="ESC-1", person=PRIYA, posted_at=NOON, error="x")
        it.tell(DeliveryKind.UNEDITED, TOM, secret, "unedited:1", args=args)
        it.tell(DeliveryKind.UNEDITED, MEI, secret, "unedited:2", args=args)
    goes_and_returns(db, policy, TOM, {"deleted": True})
    sent = scene.send(db, policy, NOON + HOUR)
    assert scene.told(sent, DeliveryKind.UNEDITED) == [MEI]
