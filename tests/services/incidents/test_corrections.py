"""A title is corrected, a tier tightened: what stands in Slack follows, or it is named."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.errors import (
    BadInput,
    FormErrors,
    MayNotTighten,
    NoAccess,
    NothingToDo,
    NotPermitted,
)
from bot.domain.fallback.ways import FallbackWay, OutsideArgs
from bot.domain.ids import UserId
from bot.domain.incidents.needs import Need
from bot.domain.incidents.results import Beyond, Correction
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import Card, MovedCard
from bot.domain.kinds import DeliveryKind
from bot.domain.people.person_messages import Unedited
from bot.kinds.messages import MESSAGES, words
from bot.policy import Policy
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.access import manual_joins
from bot.services.delivery import outcomes, refusals
from bot.services.delivery.content import ChannelCall, MessageContent
from bot.services.delivery.results import Accepted, At, Refusal
from bot.services.digests import digest
from bot.services.followups import tasks
from bot.services.incidents import corrections, export, home, lifecycle, queries
from bot.services.paging import answers, starting
from bot.store.database import Database
from bot.store.delivery import claims, outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.tables.states import ChannelState
from tests.databases import on_both
from tests.factories import DANIEL, MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene

SECRET = "Zyxomma"
NEED = (Need(f"look for {SECRET}"),)
LINK = f"https://case.example/{SECRET}"
HOUR = timedelta(hours=1)
RESTRICTED = Correction(tier=Tier.RESTRICTED)
NOOR = UserId("U0NOOR")
OWN = "C0ROOM1"


@pytest.fixture
def opened(db: Database, policy: Policy) -> str:
    """Tom opened it an hour ago, Sofia owns it."""
    people(db, policy, U0NOOR={})
    by_tom = an_act(TOM, role=Role.MEMBER)
    incident_id = an_incident(
        db, policy, by_tom, title=SECRET, references=(LINK,), needs=NEED
    ).head.id
    lifecycle.assign(db, an_act(MEI), incident_id, SOFIA)
    return incident_id


def tighten(db: Database, policy: Policy, act: Act, incident_id: str) -> tuple[Beyond, ...]:
    return corrections.correct(db, policy, act, incident_id, RESTRICTED).beyond


def edits(db: Database, incident_id: str) -> list[dict[str, Any]]:
    details = queries.details(db, an_act(SOFIA), incident_id, None)
    return [dict(entry.data) for entry in details.entries if entry.kind is EntryKind.EDITED]


@pytest.mark.parametrize(
    ("act", "may"),
    [
        (an_act(SOFIA, role=Role.RESPONDER, hours=5), True),
        (an_act(MEI, role=Role.MANAGER, hours=5), True),
        (an_act(TOM, role=Role.MEMBER, minutes=29), True),
        (an_act(TOM, role=Role.MEMBER, minutes=30), False),
        (an_act(PRIYA, role=Role.RESPONDER, minutes=1), False),
        (an_act(NOOR, role=Role.MEMBER, minutes=1), False),
    ],
    ids=["owner", "manager", "opener, at once", "opener, later", "responder", "member"],
)
def test_who_may_make_it_restricted(
    db: Database, policy: Policy, opened: str, act: Act, may: bool
) -> None:
    if may:
        tighten(db, policy, act, opened)
        assert queries.details(db, act, opened).card.head.full
    else:
        with pytest.raises(NotPermitted):
            tighten(db, policy, act, opened)
    assert (scene.incident(db, opened).tier is Tier.RESTRICTED) is may


@pytest.mark.parametrize("owner", [None, SOFIA, NOOR])
def test_a_refusal_names_the_owner_where_there_is_another_one(
    db: Database, policy: Policy, owner: UserId | None
) -> None:
    people(db, policy, U0NOOR={})
    opened = an_incident(db, policy, teams=()).head.id
    by = an_act(NOOR, role=Role.RESPONDER)
    if owner is not None:
        lifecycle.assign(db, by, opened, owner)
    with pytest.raises(MayNotTighten) as refused:
        tighten(db, policy, by, opened)
    assert (refused.value.owned, refused.value.yours) == (owner is not None, owner == NOOR)


def test_it_only_tightens(db: Database, policy: Policy, opened: str) -> None:
    tighten(db, policy, an_act(SOFIA), opened)
    with pytest.raises(BadInput):
        corrections.correct(db, policy, an_act(SOFIA), opened, Correction(tier=Tier.STANDARD))
    with pytest.raises(NothingToDo):
        tighten(db, policy, an_act(SOFIA), opened)
    corrections.correct(db, policy, an_act(SOFIA), opened, Correction(category="hate"))
    assert scene.incident(db, opened).tier is Tier.RESTRICTED
    with pytest.raises(NoAccess):
        queries.details(db, an_act(NOOR), opened)


@on_both
def test_corrections_stand_on_the_timeline_with_old_and_new(
    db: Database, policy: Policy, opened: str
) -> None:
    wanted = Correction(title=" A  new title ", category="hate", references=("item-1", "item-1"))
    done = corrections.correct(db, policy, an_act(SOFIA), opened, wanted)
    assert (done.fields, done.tightened) == (("title", "category", "references"), False)
    assert edits(db, opened) == [
        {"field": "title", "from": SECRET, "to": "A new title"},
        {"field": "category", "from": "harassment", "to": "hate"},
        {"field": "references", "from": [LINK], "to": ["item-1"]},
    ]
    found = scene.incident(db, opened)
    assert (found.title, found.category, found.references) == ("A new title", "hate", ["item-1"])
    assert export.verify(db) == (1, [])
    tighten(db, policy, an_act(SOFIA), opened)
    assert export.verify(db) == (1, [])


def test_a_wrong_correction_changes_nothing(db: Database, policy: Policy, opened: str) -> None:
    for wanted in (
        Correction(title="  "),
        Correction(category="no-such"),
        Correction(references=("x" * 501,)),
        Correction(category="suspected-csam"),
    ):
        with pytest.raises(FormErrors):
            corrections.correct(db, policy, an_act(SOFIA), opened, wanted)
    with pytest.raises(NothingToDo):
        corrections.correct(db, policy, an_act(SOFIA), opened, Correction(title=SECRET))
    with pytest.raises(NotPermitted):
        corrections.correct(
            db, policy, an_act(NOOR, role=Role.MEMBER), opened, Correction(title="x")
        )
    assert edits(db, opened) == []


def test_a_category_can_make_it_restricted_and_worse(
    db: Database, policy: Policy, opened: str
) -> None:
    """As when it is opened; it takes the same right as tightening the tier itself."""
    wanted = Correction(category="suspected-csam", references=("item-1",))
    with pytest.raises(MayNotTighten):
        corrections.correct(db, policy, an_act(PRIYA, role=Role.RESPONDER, hours=2), opened, wanted)
    by = an_act(SOFIA, role=Role.RESPONDER, hours=2)
    done = corrections.correct(db, policy, by, opened, wanted)
    found = scene.incident(db, opened)
    assert (found.tier, found.severity) == (Tier.RESTRICTED, Severity.P0)
    assert found.title == policy.categories["suspected-csam"].label
    assert done.tightened
    assert done.paged
    assert SECRET not in str([one for one in edits(db, opened) if one["field"] == "title"])


def test_a_title_that_only_names_the_category_goes_with_it(db: Database, policy: Policy) -> None:
    csam = an_incident(
        db, policy, category="suspected-csam", references=("item-1",), teams=()
    ).head.id
    corrections.correct(db, policy, an_act(MEI), csam, Correction(category="other"))
    assert scene.incident(db, csam).title == policy.categories["other"].label
    corrections.correct(db, policy, an_act(MEI), csam, Correction(category="doxxing"))
    assert scene.incident(db, csam).title == policy.categories["other"].label
    corrections.correct(db, policy, an_act(MEI), csam, Correction(title="A leaked address"))
    assert scene.incident(db, csam).title == "A leaked address"


# What stands in Slack


class Stands:
    """What people read by now: each message in the words of its last edit."""

    def __init__(self, db: Database, policy: Policy) -> None:
        self.db, self.policy = db, policy
        self.wording = Wording(policy, Templates())
        self.letters: dict[str, tuple[str, MessageContent[Any]]] = {}
        self.turn = 0

    def send(self) -> scene.Sent:
        self.turn += 1
        at = NOON + 4 * HOUR + self.turn * timedelta(minutes=1)
        sent = scene.send(self.db, self.policy, at)
        for claimed, prepared in sent:
            if not isinstance(prepared, MessageContent):
                continue
            key = {
                DeliveryKind.PAGE: claimed.subject,
                DeliveryKind.PAGE_UPDATE: claimed.subject,
                DeliveryKind.MESSAGE_EDIT: claimed.subject,
                DeliveryKind.HOME: f"home {claimed.subject}",
                DeliveryKind.CARD_UPDATE: f"card {prepared.channel}",
                DeliveryKind.CARD_POST: f"card {prepared.channel}",
            }.get(claimed.kind, claimed.id)
            if claimed.kind is DeliveryKind.MESSAGE_EDIT and isinstance(
                prepared.view, Card | MovedCard
            ):
                key = f"card {prepared.channel}"
            place = prepared.person or prepared.channel or ""
            self.letters[key] = (place.removeprefix("D"), prepared)
        return sent

    def telling(self, *but: str) -> list[tuple[str, str]]:
        """Where the word is read, but at these places."""
        return sorted(
            (place, type(letter.view).__name__)
            for place, letter in self.letters.values()
            if SECRET in self.words(letter) and place not in but
        )

    def words(self, letter: MessageContent[Any]) -> str:
        return str(words(self.wording, letter))


def everything_is_said(db: Database, policy: Policy, incident_id: str) -> Stands:
    stands = Stands(db, policy)
    stands.send()
    scene.tick(db, policy, NOON + 4 * HOUR)
    answers.acknowledge(db, an_act(PRIYA, hours=1), scene.page_of(db, PRIYA))
    starting.page_person(db, policy, an_act(MEI, hours=1), incident_id, DANIEL, SECRET)
    due = NOON + 5 * HOUR
    tasks.add_task(
        db, policy, an_act(MEI, hours=1), incident_id, assignee=PRIYA, text=SECRET, due_at=due
    )
    tasks.add_reminder(
        db, an_act(NOOR), text="Ask", due_at=NOON + 2 * HOUR, incident_id=incident_id
    )
    lifecycle.post_update(db, an_act(SOFIA, hours=1), incident_id, SECRET)
    scene.tick(db, policy, NOON + 4 * HOUR)
    digest.send_now(db, policy, an_act(MEI, hours=4), None)
    for user in (NOOR, MEI):
        home.refresh(db, an_act(user))
    stands.send()
    return stands


def test_everything_outside_its_channel_is_edited_to_the_codename(
    db: Database, policy: Policy, opened: str
) -> None:
    stands = everything_is_said(db, policy, opened)
    told = {name for _, name in stands.telling()}
    assert {"PageMessage", "Card", "Notice", "Home", "DigestView", "ReminderMessage"} <= told
    assert tighten(db, policy, an_act(SOFIA, hours=5), opened) == ()
    stands.turn = 90
    stands.send()
    assert stands.telling(OWN, SOFIA, PRIYA, TOM) == []
    assert ("U0NOOR", "Home") in {
        (p, type(letter.view).__name__) for p, letter in stands.letters.values()
    }
    everywhere = " ".join(stands.words(letter) for _, letter in stands.letters.values())
    assert scene.incident(db, opened).codename in everywhere
    with pytest.raises(NoAccess):
        queries.details(db, an_act(MEI), opened)


@pytest.mark.parametrize("settled", [True, False], ids=["drawn", "being drawn"])
def test_a_home_that_was_wanted_before_it_was_opened_is_drawn_anew_too(
    db: Database, policy: Policy, settled: bool
) -> None:
    """What a tab shows is looked up when it is drawn, not when that was asked for."""
    people(db, policy, U0NOOR={})
    home.refresh(db, an_act(NOOR))
    opened = an_incident(db, policy, an_act(MEI, minutes=5), teams=()).head.id
    if settled:
        scene.send(db, policy, NOON + HOUR)
    else:
        with db.transaction() as tx:
            claims.claim(tx, kinds=MESSAGES.args, now=NOON + HOUR, real=NOON + HOUR, limit=50)
    tighten(db, policy, an_act(MEI, hours=2), opened)
    drawn = scene.waiting(db, DeliveryKind.HOME)
    assert NOOR in [row.target for row in drawn]


def test_what_is_not_sent_yet_is_said_with_the_codename(
    db: Database, policy: Policy, opened: str
) -> None:
    tighten(db, policy, an_act(SOFIA), opened)
    sent = scene.send(db, policy, NOON)
    pages = scene.letters(sent, DeliveryKind.PAGE)
    others = [page.view for page in pages if page.person != SOFIA]
    assert others
    assert SECRET not in str(others)


def test_what_has_left_slack_is_named_item_by_item(
    db: Database, policy: Policy, opened: str
) -> None:
    another = an_incident(db, policy).head.id
    rows = [
        Outgoing(
            kind=DeliveryKind.FALLBACK,
            priority=Priority.PAGE,
            lane=f"outside/{user}/{incident_id}",
            subject=scene.page_of(db, user, incident_id),
            dedup_key=f"mail {user} {incident_id}",
            incident_id=incident_id,
            target=user,
            args=OutsideArgs(FallbackWay("sms", "+6590000002").key),
        )
        for user, incident_id in ((PRIYA, opened), (SOFIA, opened), (PRIYA, another))
    ]
    with db.transaction() as tx:
        outbox.enqueue(tx, an_act().workspace, NOON, rows)
        mails = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    sent = [one for one in mails if one.target == PRIYA and one.kind is DeliveryKind.FALLBACK]
    assert len(sent) == 2
    with db.transaction() as tx:
        for one in mails:
            state = DeliveryState.SENT if one in sent else DeliveryState.CANCELLED
            claims.finish(tx, one, state, real=NOON, sent_at=NOON + 2 * HOUR)
    beyond = tighten(db, policy, an_act(SOFIA), opened)
    assert [(one.person, one.way, one.at) for one in beyond] == [(PRIYA, "sms", NOON + 2 * HOUR)], (
        "never a hash of the number, which is found by trying"
    )


@pytest.mark.parametrize("private", [True, False])
def test_what_the_channel_is_counts_and_not_what_the_policy_sets_now(
    db: Database, policy: Policy, private: bool
) -> None:
    def with_channels(private: bool) -> Policy:
        return replace(policy, channel=replace(policy.channel, private=private))

    opened = an_incident(db, with_channels(private), teams=()).head.id
    scene.send(db, with_channels(private))
    assert scene.incident(db, opened).channel_private is private
    beyond = tighten(db, with_channels(not private), an_act(MEI), opened)
    assert [one for one in beyond if one.channel] == ([] if private else list(beyond))
    assert bool(beyond) is not private


def test_a_public_channel_is_left_for_a_private_one(db: Database, policy: Policy) -> None:
    people(db, policy, U0NOOR={})
    public = replace(policy, channel=replace(policy.channel, private=False))
    opened = an_incident(db, public, title=SECRET, teams=()).head.id
    stands = Stands(db, public)
    stands.send()
    lifecycle.post_update(db, an_act(), opened, SECRET)
    stands.send()
    old = scene.incident(db, opened).channel_id
    assert old is not None
    assert stands.telling() == [(old, "Card"), (old, "Notice")]
    [left] = tighten(db, public, an_act(MEI), opened)
    assert left == Beyond(channel=old)
    assert scene.incident(db, opened).room is ChannelState.WANTED
    stands.turn = 120
    sent = stands.send()
    [making] = [one for claimed, one in sent if claimed.kind is DeliveryKind.CHANNEL_CREATE]
    assert isinstance(making, ChannelCall)
    assert making.private
    assert stands.telling(OWN) == []
    assert (old, "MovedCard") in {
        (p, type(letter.view).__name__) for p, letter in stands.letters.values()
    }
    assert (OWN, "Card") in {
        (p, type(letter.view).__name__) for p, letter in stands.letters.values()
    }
    invited = [one for claimed, one in sent if claimed.kind is DeliveryKind.CHANNEL_INVITE]
    assert [one.users for one in invited if isinstance(one, ChannelCall)] == [(MEI,)]


def test_a_channel_that_was_made_public_meanwhile_is_not_taken(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    public = replace(policy, channel=replace(policy.channel, private=False))
    opened = an_incident(db, public, title=SECRET, teams=()).head.id
    with db.transaction() as tx:
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    [making] = [one for one in claimed if one.kind is DeliveryKind.CHANNEL_CREATE]
    tighten(db, public, an_act(MEI), opened)
    at = At(NOON, NOON)
    outcomes.sent(MESSAGES, db, making, Accepted("C0PUBLIC", name="esc-1", private=False), at)
    assert scene.incident(db, opened).channel_id is None
    [again] = scene.waiting(db, DeliveryKind.CHANNEL_CREATE)
    assert again.id != making.id


def test_whoever_was_added_by_hand_before_is_told_to_the_owner(
    db: Database, policy: Policy, opened: str
) -> None:
    stands = Stands(db, policy)
    stands.send()
    found = manual_joins.intruded_upon(db, an_act("bot"), OWN, DANIEL)
    assert found == opened
    manual_joins.joined(db, policy, an_act("bot"), opened, DANIEL, PRIYA)
    assert scene.waiting(db, DeliveryKind.ACCESS_REQUEST) == []
    tighten(db, policy, an_act(MEI, hours=1), opened)
    [asked] = scene.waiting(db, DeliveryKind.ACCESS_REQUEST)
    assert (asked.target, asked.args["asker"]) == (SOFIA, DANIEL)


def refuse_edits(db: Database, policy: Policy, code: str) -> None:
    at = NOON + 7 * HOUR
    for _ in range(20):
        at += timedelta(seconds=2)
        with db.transaction() as tx:
            claimed = claims.claim(tx, kinds=MESSAGES.args, now=at, real=at, limit=50)
        for one in claimed:
            refusals.rejected(MESSAGES, db, policy, one, Refusal(code), At(at, at))
        if not claimed:
            return


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed"])
def test_what_slack_refuses_to_edit_is_told_to_who_tightened(
    db: Database, policy: Policy, opened: str, code: str
) -> None:
    everything_is_said(db, policy, opened)
    tighten(db, policy, an_act(SOFIA, hours=5), opened)
    stood = {row.id for row in scene.outgoing_rows(db) if row.sent_at is not None}
    stood |= {page.id for page in scene.all_pages(db) if page.sent_at is not None}
    edited = {
        row.subject
        for kind in (DeliveryKind.MESSAGE_EDIT, DeliveryKind.PAGE_UPDATE)
        for row in scene.waiting(db, kind)
        if row.subject in stood
    }
    assert len(edited) > 5
    refuse_edits(db, policy, code)
    rows = scene.outgoing_rows(db, DeliveryKind.UNEDITED)
    assert {row.dedup_key.removeprefix("unedited:") for row in rows} == edited
    assert {row.target for row in rows} == {SOFIA}
    assert SECRET not in str([row.args for row in rows])


def test_what_slack_has_deleted_is_no_news(db: Database, policy: Policy, opened: str) -> None:
    everything_is_said(db, policy, opened)
    tighten(db, policy, an_act(SOFIA, hours=5), opened)
    refuse_edits(db, policy, "message_not_found")
    assert scene.outgoing_rows(db, DeliveryKind.UNEDITED) == []


def test_the_message_about_it_says_where_the_words_stand(
    db: Database, policy: Policy, opened: str
) -> None:
    everything_is_said(db, policy, opened)
    tighten(db, policy, an_act(SOFIA, hours=5), opened)
    with db.transaction() as tx:
        at = NOON + 7 * HOUR
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=at, real=at, limit=50)
    page = next(one for one in claimed if one.kind is DeliveryKind.PAGE_UPDATE)
    refusals.rejected(MESSAGES, db, policy, page, Refusal("cant_update_message"), At(at, at))
    letters = scene.letters(scene.send(db, policy, NOON + 8 * HOUR), DeliveryKind.UNEDITED)
    [letter] = letters
    assert isinstance(letter.view, Unedited)
    assert (letter.person, letter.view.reference) == (SOFIA, "ESC-1")
    assert letter.view.person is not None
