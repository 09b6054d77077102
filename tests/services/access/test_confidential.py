"""A restricted incident's words reach nobody who is not invited: no view, no log, no queue."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import NoAccess, NotPermitted, NotYours
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.needs import Need
from bot.domain.incidents.results import NewDecision
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.render.digests import digest_message as rendering
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.access import requests
from bot.services.decisions import decisions
from bot.services.delivery import refusals
from bot.services.delivery.content import ChannelCall, MessageContent
from bot.services.delivery.results import At, Refusal
from bot.services.digests import digest
from bot.services.followups import tasks
from bot.services.incidents import home, lifecycle, lists, queries, severity_changes
from bot.services.paging import answers, starting
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.tables import Delivery
from tests.factories import MEI, NOON, PRIYA, SOFIA, an_act, an_incident, people
from tests.services import scene

SECRET = "Zyxomma"
OUTSIDER = an_act("U0NOOR", role=Role.VIEWER, hours=3)
GUEST = an_act("U0GUS", role=Role.NOBODY, hours=3)


def told(what: str) -> str:
    return f"{SECRET} {what}"


def a_restricted_story(db: Database, policy: Policy) -> str:
    """Everything that can be written is written, with the secret word in it."""
    incident_id = an_incident(
        db,
        policy,
        title=told("title"),
        tier=Tier.RESTRICTED,
        references=(told("reference"),),
        permalink=told("permalink"),
        needs=(Need(told("need")),),
    ).head.id
    mei = an_act(MEI, minutes=1)
    lifecycle.post_update(db, mei, incident_id, told("update"), State.INVESTIGATING)
    lifecycle.add_note(db, mei, incident_id, told("note"))
    severity_changes.set_severity(db, policy, mei, incident_id, Severity.P2, told("reason"))
    starting.page_team(db, policy, mei, incident_id, TeamKey("dpo"), told("why"))
    answers.decline(
        db, policy, an_act(SOFIA), scene.page_of(db, SOFIA, incident_id), told("excuse")
    )
    answers.acknowledge(db, an_act(PRIYA, minutes=2), scene.page_of(db, PRIYA, incident_id))
    due = NOON + timedelta(days=2)
    tasks.add_task(db, policy, mei, incident_id, assignee=PRIYA, text=told("task"), due_at=due)
    tasks.add_reminder(db, mei, text=told("reminder"), due_at=due, incident_id=incident_id)
    decision = NewDecision(
        (next(iter(policy.actions)),),
        told("scope"),
        told("clause"),
        "1",
        told("rationale"),
        (MEI,),
        next(iter(policy.precedents)),
        told("dissent"),
    )
    decisions.record_decision(db, policy, mei, incident_id, decision)
    return incident_id


@pytest.fixture
def story(db: Database, policy: Policy) -> str:
    people(db, policy, U0NOOR={}, U0GUS={"is_restricted": True})
    return a_restricted_story(db, policy)


def test_an_outsider_is_shown_the_codename_and_no_word(
    db: Database, policy: Policy, story: str
) -> None:
    seen = [
        lists.listing(db, policy, OUTSIDER, ""),
        lists.search(db, OUTSIDER, "ESC-1"),
        home.home_of(db, OUTSIDER),
    ]
    assert all("ESC-1" in str(one) for one in seen)
    assert SECRET not in str([*seen, digest.preview(db, policy, OUTSIDER, None)])
    for look in (queries.head, queries.details):
        with pytest.raises(NoAccess) as refused:
            look(db, OUTSIDER, story)
        assert SECRET not in str(vars(refused.value))
    for page in scene.all_pages(db):
        with pytest.raises(NotYours):
            queries.page(db, OUTSIDER, page.id)


def test_lists_and_searches_carry_no_word_even_for_the_invited(
    db: Database, policy: Policy, story: str
) -> None:
    invited = an_act(MEI, hours=3)
    assert SECRET in str(queries.details(db, invited, story))
    shown = [lists.listing(db, policy, invited, ""), home.home_of(db, invited)]
    shown.append(digest.preview(db, policy, invited, None))
    assert SECRET not in str(shown)
    assert lists.search(db, invited, SECRET).heads == ()
    assert lists.search(db, invited, "harassment").heads == ()


def said_in_the_digest(db: Database, policy: Policy, days: int) -> list[str]:
    view = digest.preview(db, policy, an_act(OUTSIDER.user, hours=24 * days), None)
    said = rendering.digest(Wording(policy, Templates()), view)
    return [
        line
        for block in said.blocks
        if block["type"] == "section"
        for part in block.get("fields") or [block["text"]]
        for line in part["text"].split("\n")
    ]


def test_a_digest_counts_a_restricted_one_and_says_nothing_else_of_it(
    db: Database, policy: Policy, story: str
) -> None:
    """Everything that tables, answers and backlogs could say of it has happened by then."""
    lifecycle.assign(db, an_act(MEI, minutes=3), story, SOFIA)
    starting.page_person(db, policy, an_act(MEI, minutes=3), story, UserId("U0TOM"), "x")
    assert said_in_the_digest(db, policy, 3) == [
        "*1 opened*",
        "*0 ended*",
        "*1 open at the end*",
        "No comparison yet: it needs eight earlier weeks, and there are 0.",
        "*Restricted*: 1 opened, 0 ended, 1 open. Only the totals above include them.",
        "*Answers to pages*",
        "No pages to count. Pages that were called off in time do not count.",
        "*Overdue*",
        "Nothing.",
    ]


def test_the_tables_of_a_digest_are_the_same_with_a_restricted_one_as_without(
    db: Database, policy: Policy
) -> None:
    people(db, policy, U0NOOR={})
    an_incident(db, policy, title="Pile-on")
    before = digest.preview(db, policy, an_act(OUTSIDER.user, hours=72), None).figures
    a_restricted_story(db, policy)
    after = digest.preview(db, policy, an_act(OUTSIDER.user, hours=72), None).figures
    assert (after.opened.count, after.open.count) == (2, 2)
    assert (after.restricted.opened, after.restricted.open) == (1, 1)
    assert before == replace(
        after,
        opened=before.opened,
        closed=before.closed,
        open=before.open,
        restricted=before.restricted,
    )


@pytest.mark.usefixtures("story")
def test_a_digest_of_some_teams_leaves_restricted_ones_out(db: Database, policy: Policy) -> None:
    """Otherwise its totals would tell which teams were paged."""
    rule = replace(policy.digests[0], teams=(TeamKey("legal"),))
    view = digest.preview(db, replace(policy, digests=(rule,)), OUTSIDER, None)
    assert (view.figures.opened.count, view.figures.restricted.opened) == (0, 0)


def test_a_digest_names_nobody_who_was_paged_directly_and_leaves_no_label_empty(
    db: Database, policy: Policy
) -> None:
    incident_id = an_incident(db, policy, surface=None).head.id
    for user in ("U0TOM", "U0DANIEL"):
        starting.page_person(db, policy, an_act(MEI, minutes=3), incident_id, UserId(user), "x")
    said = said_in_the_digest(db, policy, 1)
    assert "• People paged directly: 1 opened, 0 ended, 1 open" in said
    assert any(line.startswith("• People paged directly: 0 of 2 answered") for line in said)
    assert "• Not stated: 1 opened, 0 ended, 1 open" in said
    assert "person:" not in str(said)
    assert not any(line.startswith((":", "•:", "• :")) for line in said if "_circle:" not in line)


FILTERS = ["team legal", "team pr", "team dpo", "overdue", "mine"]


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("words", FILTERS)
def test_a_filter_never_matches_what_its_reader_may_not_see(
    db: Database, policy: Policy, words: str
) -> None:
    """A match alone would tell: whom it concerns, and that they do not answer."""
    late = an_act(OUTSIDER.user, role=Role.VIEWER, hours=30)
    assert lists.listing(db, policy, late, words).heads == ()
    assert lists.listing(db, policy, late, words).total == 0
    open_ones = lists.listing(db, policy, late, "")
    assert (len(open_ones.heads), open_ones.overdue_pages) == (1, {})
    assert open_ones.heads[0].update_due_at is None
    invited = lists.listing(db, policy, an_act(MEI, hours=30), words)
    assert [head.reference for head in invited.heads] == ["ESC-1"]


@pytest.mark.parametrize("words", FILTERS[:-1])
def test_a_filter_matches_a_standard_one_for_every_reader(
    db: Database, policy: Policy, words: str
) -> None:
    people(db, policy, U0NOOR={})
    an_incident(db, policy, teams=(TeamKey("legal"), TeamKey("pr"), TeamKey("dpo")))
    late = an_act(OUTSIDER.user, role=Role.VIEWER, hours=30)
    assert [head.reference for head in lists.listing(db, policy, late, words).heads] == ["ESC-1"]


def test_a_guest_is_shown_nothing(db: Database, policy: Policy, story: str) -> None:
    for look in (
        lambda: lists.listing(db, policy, GUEST, ""),
        lambda: lists.search(db, GUEST, "x"),
        lambda: queries.details(db, GUEST, story),
        lambda: lifecycle.add_note(db, GUEST, story, "x"),
        lambda: requests.request_access(db, policy, GUEST, story),
    ):
        with pytest.raises(NotPermitted):
            look()


def test_no_word_lies_in_the_queue(db: Database, policy: Policy, story: str) -> None:
    scene.tick(db, policy, NOON + timedelta(days=3))
    with db.reading() as tx:
        table = Delivery.__table__  # type: ignore[attr-defined]
        rows = [dict(row) for row in tx.execute(select(table)).mappings()]
    assert rows
    assert SECRET not in str(rows)
    assert scene.incident(db, story).title == told("title")


def test_no_word_stands_in_a_log(
    db: Database, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    people(db, policy)
    for name in ("bot", "handlers", "commandline"):
        caplog.set_level(logging.DEBUG, logger=name)
    a_restricted_story(db, policy)
    scene.tick(db, policy, NOON + timedelta(days=3))
    scene.send(db, policy, NOON + timedelta(days=3))
    assert SECRET not in caplog.text


def test_what_is_sent_to_people_who_are_not_invited_carries_no_word(
    db: Database, policy: Policy, story: str
) -> None:
    scene.tick(db, policy, NOON + timedelta(hours=2))
    sent = scene.send(db, policy, NOON + timedelta(hours=2))
    invited = {MEI, PRIYA}
    others = [
        p
        for _, p in sent
        if isinstance(p, MessageContent) and p.person is not None and p.person not in invited
    ]
    assert len(others) > 3
    assert scene.incident(db, story).codename in str(others)
    assert SECRET not in str(others)


def test_access_is_asked_for_granted_and_refused(db: Database, policy: Policy, story: str) -> None:
    asker = replace(OUTSIDER, role=Role.MEMBER)
    assert requests.request_access(db, policy, asker, story) == "ESC-1"
    first = scene.newest_request(db)
    requests.answer(db, an_act(MEI), first, granted=False)
    with pytest.raises(NoAccess):
        queries.details(db, asker, story)
    scene.let_in(db, an_act(MEI), story, "U0NOOR")
    assert SECRET in str(queries.details(db, asker, story))


def test_a_thread_in_a_shared_channel_says_no_word(
    db: Database, policy: Policy, story: str
) -> None:
    with db.transaction() as tx:
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    (making,) = [one for one in claimed if one.kind is DeliveryKind.CHANNEL_CREATE]
    refusals.rejected(MESSAGES, db, policy, making, Refusal("restricted_action"), At(NOON, NOON))
    sent = scene.send(db, policy, NOON + timedelta(minutes=5))
    shared = [
        prepared
        for _, prepared in sent
        if isinstance(prepared, MessageContent) and prepared.channel == "C0ESCALATIONS"
    ]
    assert shared, "its card"
    assert SECRET not in str(shared)
    assert scene.incident(db, story).thread_ts is not None


@pytest.mark.parametrize(
    ("tier", "private"), [(Tier.STANDARD, False), (Tier.RESTRICTED, True)], ids=str
)
def test_the_channel_is_private_whatever_the_policy_wants_for_the_others(
    db: Database, policy: Policy, tier: Tier, private: bool
) -> None:
    open_ones = replace(policy, channel=replace(policy.channel, private=False))
    an_incident(db, open_ones, tier=tier)
    made = [
        prepared
        for claimed, prepared in scene.send(db, open_ones)
        if claimed.kind is DeliveryKind.CHANNEL_CREATE and isinstance(prepared, ChannelCall)
    ]
    assert [room.private for room in made] == [private]
