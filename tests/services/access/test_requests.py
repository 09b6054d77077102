"""A request for access is asked once, answered once, and what follows from it ends with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.domain.access.access_messages import AccessAnswer, AccessRequestMessage
from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role
from bot.domain.errors import (
    AnsweredAlready,
    AskedAlready,
    NoAccess,
    NotYours,
    RefusedLately,
)
from bot.domain.followups.reminder_messages import Outcome
from bot.domain.ids import UserId
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.access import identity, manual_joins
from bot.services.access import requests as access_requests
from bot.services.channels import channel
from bot.services.delivery.content import ChannelCall
from bot.services.incidents import lifecycle, queries
from bot.services.paging import answers
from bot.store.access import participants as access_participants
from bot.store.access import requests
from bot.store.database import Database
from bot.store.tables.states import RequestState
from tests.factories import MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene

NOOR = UserId("U0NOOR")
CHANNEL = "C0SECRET"
HOUR = timedelta(hours=1)


@pytest.fixture
def secret(db: Database, policy: Policy) -> str:
    """Mei opened it, Sofia owns it; it has its channel."""
    people(db, policy, U0NOOR={}, U0GUS={"is_restricted": True})
    opened = an_incident(db, policy, teams=("legal",), tier=Tier.RESTRICTED).head.id
    lifecycle.assign(db, an_act(MEI), opened, SOFIA)
    with db.transaction() as tx:
        channel.channel_made(tx, an_act(), opened, CHANNEL, "esc-1")
    scene.send(db, policy)
    return opened


def noor(minutes: float = 0) -> Act:
    return an_act(NOOR, role=Role.VIEWER, minutes=minutes)


def participants(db: Database, incident_id: str) -> list[str]:
    with db.reading() as tx:
        return access_participants.participants(tx, incident_id)


def entries(db: Database, incident_id: str, kind: EntryKind) -> list[dict[str, object]]:
    details = queries.details(db, an_act(SOFIA), incident_id, newest=None)
    return [dict(entry.data) for entry in details.entries if entry.kind is kind]


def test_six_presses_are_one_request(db: Database, policy: Policy, secret: str) -> None:
    access_requests.request_access(db, policy, noor(), secret)
    for minutes in range(1, 6):
        with pytest.raises(AskedAlready) as refused:
            access_requests.request_access(db, policy, noor(minutes=minutes), secret)
        assert refused.value.at == NOON
    assert len(scene.waiting(db, DeliveryKind.ACCESS_REQUEST)) == 1
    assert len(entries(db, secret, EntryKind.REQUESTED_ACCESS)) == 1


def test_six_presses_at_once_are_one_request(db: Database, policy: Policy, secret: str) -> None:
    def press(number: int) -> bool:
        try:
            access_requests.request_access(db, policy, noor(number / 60), secret)
        except AskedAlready:
            return False
        return True

    with ThreadPoolExecutor(1 if db.is_sqlite else 6) as pool:
        assert sum(pool.map(press, range(6))) == 1
    assert len(scene.waiting(db, DeliveryKind.ACCESS_REQUEST)) == 1


def test_after_a_refusal_there_is_an_hours_pause(db: Database, policy: Policy, secret: str) -> None:
    access_requests.request_access(db, policy, noor(), secret)
    access_requests.answer(db, an_act(SOFIA, minutes=5), scene.newest_request(db), granted=False)
    for minutes in (6, 64):
        with pytest.raises(RefusedLately) as refused:
            access_requests.request_access(db, policy, noor(minutes=minutes), secret)
        assert refused.value.until == NOON + timedelta(minutes=65)
    access_requests.request_access(db, policy, noor(minutes=65), secret)
    assert len(entries(db, secret, EntryKind.REQUESTED_ACCESS)) == 2


def test_a_refusal_is_recorded_with_its_reason_and_told(
    db: Database, policy: Policy, secret: str
) -> None:
    access_requests.request_access(db, policy, noor(), secret)
    request = scene.newest_request(db)
    access_requests.answer(db, an_act(SOFIA), request, granted=False, reason=" Legal has it ")
    [recorded] = entries(db, secret, EntryKind.REFUSED_ACCESS)
    assert (recorded["person"], recorded["reason"]) == (NOOR, "Legal has it")
    [told] = scene.letters(scene.send(db, policy, NOON + HOUR), DeliveryKind.ACCESS_ANSWER)
    assert isinstance(told.view, AccessAnswer)
    assert (told.person, told.view.because, told.view.granted) == (NOOR, "Legal has it", False)
    assert told.view.by == SOFIA
    assert told.view.again_at == NOON + HOUR, "a time, not 'in an hour': it is read later"
    assert "Legal has it" not in str([row.args for row in scene.outgoing_rows(db)])


@pytest.mark.parametrize("first", [True, False])
def test_the_second_answer_changes_nothing_and_says_who_answered(
    db: Database, policy: Policy, secret: str, first: bool
) -> None:
    access_requests.request_access(db, policy, noor(), secret)
    request = scene.newest_request(db)
    access_requests.answer(db, an_act(SOFIA, minutes=1), request, granted=first)
    before = scene.incident(db, secret).entries
    for by in (SOFIA, MEI):
        with pytest.raises(AnsweredAlready) as refused:
            access_requests.answer(db, an_act(by, minutes=2), request, granted=not first)
        assert (refused.value.by, refused.value.granted) == (SOFIA, first)
        assert refused.value.at == NOON + timedelta(minutes=1)
        with pytest.raises(AnsweredAlready):
            access_requests.open_request(db, an_act(by, minutes=2), request)
    assert (NOOR in participants(db, secret)) is first
    assert scene.incident(db, secret).entries == before
    assert len(scene.waiting(db, DeliveryKind.ACCESS_ANSWER)) == 1


def test_two_who_answer_at_once_are_one_answer(db: Database, policy: Policy, secret: str) -> None:
    access_requests.request_access(db, policy, noor(), secret)
    request = scene.newest_request(db)

    def press(granted: bool) -> bool | None:
        try:
            access_requests.answer(db, an_act(SOFIA if granted else MEI), request, granted=granted)
        except AnsweredAlready:
            return None
        return granted

    with ThreadPoolExecutor(1 if db.is_sqlite else 2) as pool:
        [answered] = [one for one in pool.map(press, (True, False)) if one is not None]
    assert (NOOR in participants(db, secret)) is answered
    [row] = scene.waiting(db, DeliveryKind.ACCESS_ANSWER)
    assert row.args["granted"] is answered


def test_every_copy_of_an_answered_request_loses_its_buttons(
    db: Database, policy: Policy, secret: str
) -> None:
    """Whoever of those who may answers it, and wherever they press."""
    access_requests.request_access(db, policy, noor(), secret)
    scene.send(db, policy, NOON + 2 * HOUR)
    request = scene.newest_request(db)
    [posted] = scene.outgoing_rows(db, DeliveryKind.ACCESS_REQUEST)
    assert posted.slack_ts is not None
    access_requests.answer(db, an_act(MEI, minutes=3), request, granted=True)
    edited = scene.letters(scene.send(db, policy, NOON + 3 * HOUR), DeliveryKind.MESSAGE_EDIT)
    [edit] = [letter for letter in edited if isinstance(letter.view, AccessRequestMessage)]
    assert (edit.channel, edit.ts) == (posted.slack_channel, posted.slack_ts)
    assert isinstance(edit.view, AccessRequestMessage)
    assert (edit.view.outcome, edit.view.by) == (Outcome.GRANTED, MEI)
    assert edit.view.at == NOON + timedelta(minutes=3)


def test_who_was_let_in_to_read_answers_no_request(db: Database, secret: str) -> None:
    scene.let_in(db, an_act(SOFIA), secret, NOOR)
    request = scene.asked_for_access(db, secret, TOM)
    for deed in (access_requests.open_request, lambda *a: access_requests.answer(*a, granted=True)):
        for by, named in ((noor(), request), (an_act(TOM), request), (an_act(SOFIA), "01JUNK")):
            with pytest.raises(NotYours):
                deed(db, by, named)


# Leaving


def test_whoever_leaves_the_channel_reads_it_no_more(
    db: Database, policy: Policy, secret: str
) -> None:
    scene.let_in(db, an_act(SOFIA), secret, NOOR)
    scene.send(db, policy, NOON + 4 * HOUR)
    manual_joins.left(db, policy, an_act("bot"), secret, NOOR)
    with pytest.raises(NoAccess):
        queries.details(db, noor(), secret)
    [entry] = entries(db, secret, EntryKind.LEFT)
    assert entry["person"] == NOOR
    edited = scene.letters(scene.send(db, policy, NOON + 5 * HOUR), DeliveryKind.MESSAGE_EDIT)
    [told] = [one.view for one in edited if isinstance(one.view, AccessAnswer)]
    assert not told.head.full
    access_requests.request_access(db, policy, noor(), secret)
    assert len(scene.waiting(db, DeliveryKind.ACCESS_REQUEST)) == 1


def test_a_page_loses_its_title_when_its_person_leaves(
    db: Database, policy: Policy, secret: str
) -> None:
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    scene.send(db, policy, NOON + 6 * HOUR)
    manual_joins.left(db, policy, an_act("bot"), secret, PRIYA)
    [edit] = scene.letters(scene.send(db, policy, NOON + 7 * HOUR), DeliveryKind.PAGE_UPDATE)
    assert "Pile-on" not in str(edit.view)


def test_the_owner_goes_on_answering_for_it_outside_the_channel(
    db: Database, policy: Policy, secret: str
) -> None:
    manual_joins.left(db, policy, an_act("bot"), secret, SOFIA)
    assert scene.incident(db, secret).owner == SOFIA
    assert queries.details(db, an_act(SOFIA), secret).card.head.full
    manual_joins.left(db, policy, an_act("bot"), secret, MEI)
    assert participants(db, secret) == [SOFIA]
    with pytest.raises(NoAccess):
        queries.details(db, an_act(MEI), secret)


def test_whoever_left_is_invited_anew_when_they_acknowledge(
    db: Database, policy: Policy, secret: str
) -> None:
    scene.let_in(db, an_act(SOFIA), secret, PRIYA)
    scene.send(db, policy, NOON + 8 * HOUR)
    manual_joins.left(db, policy, an_act("bot"), secret, PRIYA)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    [row] = scene.waiting(db, DeliveryKind.CHANNEL_INVITE)
    assert row.args["users"] == [PRIYA]
    manual_joins.left(db, policy, an_act("bot"), secret, "U0NOBODY")
    assert len(entries(db, secret, EntryKind.LEFT)) == 1


# Brought in by hand


def brought_in(db: Database, policy: Policy, user: str, by: str | None = TOM) -> None:
    act = an_act("bot")
    found = manual_joins.intruded_upon(db, act, CHANNEL, user)
    if found is not None:
        manual_joins.joined(db, policy, act, found, user, by)


def test_somebody_brought_in_by_hand_is_told_to_the_owner(
    db: Database, policy: Policy, secret: str
) -> None:
    for _ in range(2):
        brought_in(db, policy, NOOR)
    [entry] = entries(db, secret, EntryKind.ADDED)
    assert (entry["person"], entry["by"]) == (NOOR, TOM)
    [letter] = scene.letters(scene.send(db, policy, NOON + 9 * HOUR), DeliveryKind.ACCESS_REQUEST)
    assert isinstance(letter.view, AccessRequestMessage)
    found = (letter.person, letter.view.asker, letter.view.by_hand, letter.view.added_by)
    assert found == (SOFIA, NOOR, True, TOM)
    assert NOOR not in participants(db, secret)


def test_keep_lets_them_read_and_remove_takes_them_out(
    db: Database, policy: Policy, secret: str
) -> None:
    for user in (NOOR, TOM):
        brought_in(db, policy, user)
    by_person = {
        row.args["asker"]: row.args["request"]
        for row in scene.outgoing_rows(db, DeliveryKind.ACCESS_REQUEST)
    }
    access_requests.answer(db, an_act(SOFIA), by_person[NOOR], granted=True)
    access_requests.answer(db, an_act(SOFIA), by_person[TOM], granted=False)
    assert queries.details(db, noor(), secret).card.head.full
    sent = scene.send(db, policy, NOON + 10 * HOUR)
    [call] = [one for claimed, one in sent if claimed.kind is DeliveryKind.CHANNEL_REMOVE]
    assert isinstance(call, ChannelCall)
    assert (call.channel, call.removed) == (CHANNEL, TOM)
    [told] = scene.letters(sent, DeliveryKind.ACCESS_ANSWER)
    assert isinstance(told.view, AccessAnswer)
    assert (told.person, told.view.granted, told.view.by_hand) == (NOOR, True, True)
    [entry] = entries(db, secret, EntryKind.REFUSED_ACCESS)
    assert entry["by_hand"] is True


def test_a_guest_who_is_kept_reads_nothing_beside_the_channel(
    db: Database, policy: Policy, secret: str
) -> None:
    people(db, policy, U0GUS={"is_restricted": True})
    brought_in(db, policy, "U0GUS")
    answered = access_requests.answer(db, an_act(SOFIA), scene.newest_request(db), granted=True)
    assert (answered.by_hand, answered.admitted) == (True, False)
    assert "U0GUS" not in participants(db, secret)
    assert scene.outgoing_rows(db, DeliveryKind.ACCESS_ANSWER) == []


@pytest.mark.parametrize("pressed", ["the request", "the question"])
@pytest.mark.parametrize("granted", [True, False])
def test_one_answer_is_to_both_where_who_asks_was_brought_in_meanwhile(
    db: Database, policy: Policy, secret: str, pressed: str, granted: bool
) -> None:
    """Refused on one message, they do not go on reading in the channel until the other."""
    access_requests.request_access(db, policy, noor(), secret)
    request = scene.newest_request(db)
    brought_in(db, policy, NOOR)
    question = scene.newest_request(db)
    scene.send(db, policy, NOON + 9 * HOUR)
    first, second = (request, question) if pressed == "the request" else (question, request)
    access_requests.answer(db, an_act(SOFIA), first, granted=granted)
    with pytest.raises(AnsweredAlready) as answered:
        access_requests.answer(db, an_act(SOFIA), second, granted=not granted)
    assert answered.value.granted is granted
    removed = [row.args["user"] for row in scene.waiting(db, DeliveryKind.CHANNEL_REMOVE)]
    assert removed == ([] if granted else [NOOR])
    [told] = scene.waiting(db, DeliveryKind.ACCESS_ANSWER)
    assert (told.target, told.args["granted"]) == (NOOR, granted)
    edited = scene.letters(scene.send(db, policy, NOON + 10 * HOUR), DeliveryKind.MESSAGE_EDIT)
    views = [one.view for one in edited if isinstance(one.view, AccessRequestMessage)]
    assert {view.outcome for view in views} == {Outcome.GRANTED if granted else Outcome.REFUSED}
    assert len(views) == 2


# One answer for whatever waits for one


def asked_in_both_ways(
    db: Database, policy: Policy, incident_id: str, user: UserId
) -> tuple[str, str]:
    """The request that they made, and the one about how they came in."""
    brought_in(db, policy, user)
    by_hand = scene.newest_request(db)
    access_requests.request_access(
        db, policy, an_act(user, role=Role.VIEWER, minutes=1), incident_id
    )
    return scene.newest_request(db), by_hand


def outcomes(sent: scene.Sent) -> list[tuple[bool, Outcome | None, str | None]]:
    """Of each request that is edited: by hand or not, its outcome, who answered."""
    edited = [one.view for one in scene.letters(sent, DeliveryKind.MESSAGE_EDIT)]
    found = [
        (one.by_hand, one.outcome, one.by)
        for one in edited
        if isinstance(one, AccessRequestMessage)
    ]
    return sorted(found, key=str)


@pytest.mark.parametrize(
    ("way", "by"),
    [
        (
            lambda db, _, request, __: access_requests.answer(
                db, an_act(SOFIA), request, granted=True
            ),
            0,
        ),
        (
            lambda db, _, __, by_hand: access_requests.answer(
                db, an_act(SOFIA), by_hand, granted=True
            ),
            0,
        ),
        (lambda db, *_: answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA)), 1),
        (lambda db, incident_id, *_: lifecycle.assign(db, an_act(SOFIA), incident_id, PRIYA), 0),
    ],
    ids=["access", "keep", "acknowledge", "ownership"],
)
def test_whatever_lets_a_person_in_answers_all_that_waited(
    db: Database, policy: Policy, secret: str, way: Callable[..., object], by: int
) -> None:
    requests_of = asked_in_both_ways(db, policy, secret, PRIYA)
    scene.send(db, policy, NOON + HOUR)
    way(db, secret, *requests_of)
    for request in requests_of:
        for granted in (True, False):
            with pytest.raises(AnsweredAlready) as refused:
                access_requests.answer(db, an_act(SOFIA), request, granted=granted)
            assert (refused.value.granted, refused.value.by) == (True, (SOFIA, PRIYA)[by])
    sent = scene.send(db, policy, NOON + 2 * HOUR)
    answered = (Outcome.GRANTED, (SOFIA, PRIYA)[by])
    assert outcomes(sent) == [(False, *answered), (True, *answered)]
    assert not [one for claimed, one in sent if claimed.kind is DeliveryKind.CHANNEL_REMOVE]
    assert len(scene.letters(sent, DeliveryKind.ACCESS_ANSWER)) <= 1 - by
    assert entries(db, secret, EntryKind.REFUSED_ACCESS) == []


@pytest.mark.parametrize("pressed", [0, 1], ids=["refuse", "remove"])
def test_a_refusal_answers_how_they_came_in_too(
    db: Database, policy: Policy, secret: str, pressed: int
) -> None:
    requests_of = asked_in_both_ways(db, policy, secret, NOOR)
    scene.send(db, policy, NOON + HOUR)
    done = access_requests.answer(db, an_act(SOFIA), requests_of[pressed], granted=False)
    assert (done.asked, done.by_hand, done.admitted) == (True, True, False)
    sent = scene.send(db, policy, NOON + 2 * HOUR)
    answered = (Outcome.REFUSED, SOFIA)
    assert outcomes(sent) == [(False, *answered), (True, *answered)]
    [removed] = [one for claimed, one in sent if claimed.kind is DeliveryKind.CHANNEL_REMOVE]
    assert isinstance(removed, ChannelCall)
    assert removed.removed == NOOR
    assert scene.told(sent, DeliveryKind.ACCESS_ANSWER) == [NOOR]
    by_hand = [entry["by_hand"] for entry in entries(db, secret, EntryKind.REFUSED_ACCESS)]
    assert sorted(map(bool, by_hand)) == [False, True]


def test_a_refusal_that_is_told_late_is_not_told_to_whoever_is_in_by_then(
    db: Database, policy: Policy, secret: str
) -> None:
    access_requests.request_access(db, policy, an_act(PRIYA, role=Role.VIEWER), secret)
    access_requests.answer(db, an_act(SOFIA), scene.newest_request(db), granted=False)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    assert scene.told(scene.send(db, policy, NOON + HOUR), DeliveryKind.ACCESS_ANSWER) == []


@pytest.mark.parametrize("user", [MEI, SOFIA])
def test_whoever_may_read_it_is_no_stranger(
    db: Database, policy: Policy, secret: str, user: str
) -> None:
    brought_in(db, policy, user)
    assert entries(db, secret, EntryKind.ADDED) == []


def test_in_a_standard_one_only_those_without_a_role_are_strangers(
    db: Database, policy: Policy
) -> None:
    people(db, policy, U0GUS={"is_restricted": True})
    opened = an_incident(db, policy, teams=()).head.id
    with db.transaction() as tx:
        channel.channel_made(tx, an_act(), opened, CHANNEL, "esc-1")
    brought_in(db, policy, TOM)
    brought_in(db, policy, "U0GUS")
    [entry] = [
        e.data
        for e in queries.details(db, an_act(), opened, None).entries
        if e.kind is EntryKind.ADDED
    ]
    assert entry["person"] == "U0GUS"


def test_a_stranger_who_leaves_again_needs_no_answer(
    db: Database, policy: Policy, secret: str
) -> None:
    brought_in(db, policy, NOOR)
    scene.send(db, policy, NOON + 11 * HOUR)
    manual_joins.left(db, policy, an_act("bot"), secret, NOOR)
    edited = scene.letters(scene.send(db, policy, NOON + 12 * HOUR), DeliveryKind.MESSAGE_EDIT)
    [view] = [one.view for one in edited if isinstance(one.view, AccessRequestMessage)]
    assert view.outcome is Outcome.WITHDRAWN
    with db.reading() as tx:
        row = requests.get(tx, scene.newest_request(db))
    assert row is not None
    assert row.state is RequestState.LAPSED


def test_open_channel_brings_back_whoever_left(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy, teams=()).head.id
    identity.enter(db, an_act(TOM), opened)
    manual_joins.left(db, policy, an_act("bot"), opened, TOM)
    identity.enter(db, an_act(TOM, minutes=1), opened)
    assert participants(db, opened) == [MEI, TOM]
