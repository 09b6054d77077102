"""When Slack takes no page: people are reached another way, sealed, and each page once."""

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from bot.domain.access.visibility import Tier
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.fallback.views_outside_slack import LinkStatus
from bot.domain.fallback.ways import FallbackWay, Link
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.policy import FallbackRule
from bot.services.fallback import link_page
from bot.services.fallback import unsent as fallback_unsent
from bot.services.incidents import home
from bot.services.paging import answers, starting
from bot.store.delivery import outbox
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups
from bot.store.tables import Delivery
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, SOFIA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig
from tests.worker.fallback.conftest import (
    LINKS,
    MAIL,
    SELDOM,
    TEXT,
    TITLE,
    URL,
    Beyond,
    fallbacks,
    of,
    slack_is_down,
    timeline,
)


def link_in(text: str) -> Link:
    found = re.search(rf"{URL}/ack/(\S+)", text)
    assert found, text
    return LINKS.read(found[1])


async def test_slack_is_down_and_the_page_goes_by_mail(beyond: Beyond) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(SELDOM), beyond.working():
        [text] = await eventually(lambda: beyond.mailbox.texts("priya@example.com"))
        await eventually(lambda: fallbacks(rig)[0].state is DeliveryState.SENT)
    assert "P1 ESC-1: Legal is needed" in text
    assert "Mei Tan asks you to acknowledge" in text
    link = link_in(text)
    assert link.user == PRIYA
    assert link.expires_at - rig.clock.now() > timedelta(hours=23)
    assert len(beyond.mailbox.envelopes) == 1, "who has no other way got nothing"
    [row] = fallbacks(rig)
    assert (row.state, row.subject) == (DeliveryState.SENT, link.page_id)
    entries = timeline(rig, opened.head.id)
    [entry] = [entry for entry in entries if entry.kind is EntryKind.REACHED_OUTSIDE]
    assert entry.data == {"person": PRIYA, "way": "email", "team": "legal", "name": "Legal"}


async def test_a_person_who_was_paged_by_name_is_named_once(beyond: Beyond) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    starting.page_person(rig.db, rig.policy, rig.act(MEI), opened.head.id, PRIYA)
    async with rig.working(SELDOM), beyond.working():
        await eventually(
            lambda: [row.state for row in fallbacks(rig)] == [DeliveryState.SENT],
        )
    entries = timeline(rig, opened.head.id)
    [entry] = [entry for entry in entries if entry.kind is EntryKind.REACHED_OUTSIDE]
    assert entry.data == {"person": PRIYA, "way": "email", "team": f"person:{PRIYA}", "name": ""}


async def test_a_restricted_one_tells_neither_title_nor_codename(beyond: Beyond) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), tier=Tier.RESTRICTED)
    with rig.db.reading() as tx:
        incident = incident_rows.get(tx, opened.head.id)
    assert incident is not None
    async with rig.working(SELDOM), beyond.working():
        [text] = await eventually(lambda: beyond.mailbox.texts())
    assert "P1 ESC-1: Legal is needed" in text
    for hidden in (TITLE, incident.codename, "harassment"):
        assert hidden.casefold() not in text.casefold()


async def test_nothing_goes_out_when_slack_takes_the_page(beyond: Beyond) -> None:
    rig = beyond.rig
    rule = FallbackRule({Severity.P1: timedelta(minutes=5)}, {PRIYA: (MAIL,)})
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(), beyond.working(rule):
        await eventually(lambda: rig.dms_of(PRIYA))
        await eventually(lambda: rig.slack.calls("pins.add"))
        await rig.slack.advance(6 * 60)
        # One that does go out: by then the loop has looked for the first as well.
        slack_is_down(rig)
        an_incident(rig.db, rig.policy, rig.act(MEI), title="Another")
        await rig.slack.advance(6 * 60)
        await eventually(lambda: beyond.mailbox.envelopes)
    [text] = beyond.mailbox.texts()
    assert "ESC-2" in text
    assert len(fallbacks(rig)) == 1


async def test_a_severity_that_is_not_named_never_goes_out(beyond: Beyond) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    an_incident(rig.db, rig.policy, rig.act(MEI), severity=Severity.P2)
    an_incident(rig.db, rig.policy, rig.act(MEI), title="Another")
    async with rig.working(SELDOM), beyond.working():
        await eventually(lambda: beyond.mailbox.envelopes)
    assert "ESC-2" in beyond.mailbox.texts()[0]
    assert len(fallbacks(rig)) == 1


@on_both
async def test_two_replicas_and_a_restart_send_each_way_once(beyond: Beyond) -> None:
    rig = beyond.rig
    rule = beyond.rule(**{PRIYA: (MAIL, TEXT), SOFIA: (FallbackWay("email", "sofia@example.com"),)})
    slack_is_down(rig)
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(SELDOM), beyond.working(rule), beyond.working(rule):
        await eventually(lambda: len(beyond.mailbox.envelopes) >= 2 and beyond.hook.taken)
    an_incident(rig.db, rig.policy, rig.act(MEI), title="Another")
    async with beyond.working(rule):
        # A way takes the oldest first: whatever it repeats comes before the second incident's.
        await eventually(lambda: len(of("ESC-2", beyond)) >= 3)
    assert len(of("ESC-1", beyond)) == len(of("ESC-2", beyond)) == 3
    assert {path for path, _ in beyond.hook.taken} <= {"/%2B6591234567", "/+6591234567"}
    assert "Legal is needed" in beyond.hook.taken[0][1]["message"]


async def test_a_gateway_that_hangs_delays_no_other(beyond: Beyond) -> None:
    rig = beyond.rig
    beyond.hook.open.clear()
    slack_is_down(rig)
    an_incident(rig.db, rig.policy, rig.act(MEI))
    rule = beyond.rule(**{PRIYA: (TEXT, MAIL)})
    async with rig.working(SELDOM), beyond.working(rule, pace=BRISK):
        await eventually(lambda: beyond.hook.waiting)
        await eventually(lambda: beyond.mailbox.envelopes)
        by_way = {row.args["way"]: row for row in fallbacks(rig)}
        assert by_way[TEXT.key].state is not DeliveryState.SENT
        await eventually(lambda: 'outcome="not sent"' in metrics(rig))
        beyond.hook.open.set()
        await eventually(lambda: all(row.state is DeliveryState.SENT for row in fallbacks(rig)))


def metrics(rig: Rig) -> str:
    return generate_latest(rig.figures.registry).decode()


async def test_a_gateway_that_fails_is_tried_again_and_nothing_names_the_address(
    beyond: Beyond, caplog: pytest.LogCaptureFixture
) -> None:
    rig = beyond.rig
    beyond.mailbox.refuses = True
    slack_is_down(rig)
    an_incident(rig.db, rig.policy, rig.act(MEI))
    with caplog.at_level(logging.DEBUG):
        async with rig.working(SELDOM), beyond.working(beyond.rule(**{PRIYA: (MAIL, TEXT)})):
            await eventually(lambda: beyond.mailbox.asked >= 2)
            await eventually(lambda: beyond.hook.taken)
            beyond.mailbox.refuses = False
            [text] = await eventually(lambda: beyond.mailbox.texts())
            await eventually(lambda: all(row.state is DeliveryState.SENT for row in fallbacks(rig)))
    assert "You may get this twice" in text
    assert "You may get this twice" not in beyond.hook.taken[0][1]["message"]
    assert 'tocsin_deliveries_total{kind="fallback",outcome="not sent"}' in metrics(rig)
    ours = [r for r in caplog.records if r.name.startswith(("bot", "apprise"))]
    told = "\n".join(f"{record.getMessage()} {vars(record)}" for record in ours)
    assert "A gateway did not accept a page" in told
    assert "A message went out outside Slack" in told
    rows = [*map(repr, fallbacks(rig)), *map(repr, timeline(rig, fallbacks(rig)[0].incident_id))]
    for address in ("priya@", "6591234567", "127.0.0.1:"):
        assert address not in told + metrics(rig)
        assert address not in "".join(rows)


async def test_a_lost_token_sends_at_once_and_loses_nothing(beyond: Beyond) -> None:
    rig = beyond.rig
    slow = FallbackRule({Severity.P1: timedelta(hours=1)}, {PRIYA: (MAIL,)})
    fault = rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "*", error="token_revoked"))
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(), beyond.working(slow):
        await eventually(lambda: beyond.mailbox.envelopes)
        assert rig.figures.lost_token, "that a mail went out is no sign of Slack's health"
        assert not rig.dms_of(PRIYA)
        rig.slack.slack.faults.rules.remove(fault)
        await eventually(lambda: rig.dms_of(PRIYA), within=40)
        await eventually(lambda: rig.slack.calls("pins.add"), within=40)
    assert len(rig.dms_of(PRIYA)) == len(rig.dms_of(SOFIA)) == 1
    assert len(beyond.mailbox.envelopes) == 1


async def test_an_acknowledgement_by_the_link_ends_the_ladder_and_edits_what_slack_has(
    beyond: Beyond,
) -> None:
    """The on-call has the page in Slack; Slack fails; the backup is reached by mail and answers."""
    rig = beyond.rig
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(), beyond.working(beyond.rule(**{TOM: (MAIL,)})):
        await eventually(lambda: rig.dms_of(PRIYA))
        await eventually(lambda: rig.slack.calls("pins.add"))
        slack_is_down(rig)
        await rig.slack.advance(16 * 60)
        [text] = await eventually(lambda: beyond.mailbox.texts())
        link_page.acknowledge(rig.db, rig.policy, link_in(text), rig.clock.now())
        await rig.slack.advance(60 * 60)
        rig.slack.slack.faults.clear()
        await eventually(
            lambda: "acknowledged for Legal" in str(rig.dms_of(PRIYA)[0].blocks), within=60
        )
        channel = rig.slack.channel("esc-1").id
        await eventually(
            lambda: (
                "was paged by email for Legal"
                in str([m.blocks for m in rig.slack.slack.workspace.all_messages(channel)])
            ),
            within=60,
        )
    legal = [e for e in timeline(rig, opened.head.id) if e.data.get("name") == "Legal"]
    assert [e.kind for e in legal].count(EntryKind.PAGED) == 2, "nobody was paged after the ack"
    assert not rig.dms_of(TOM), "whoever has answered is not asked again"


async def test_what_slack_did_not_take_is_acknowledged_by_the_next_action_there(
    beyond: Beyond,
) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(), beyond.working(links=False):
        [text] = await eventually(lambda: beyond.mailbox.texts())
        assert "/escalate ack ESC-1" in text
        assert "http" not in text
        [taken] = answers.acknowledge_mine(rig.db, rig.act(PRIYA), opened.head.id)
    assert taken.team_name == "Legal"


async def test_an_acknowledgement_withdraws_what_no_gateway_has_taken_yet(beyond: Beyond) -> None:
    rig = beyond.rig
    beyond.mailbox.refuses = True
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(SELDOM), beyond.working():
        await eventually(lambda: beyond.mailbox.asked)
        answers.acknowledge_mine(rig.db, rig.act(PRIYA), opened.head.id)
        beyond.mailbox.refuses = False
        await eventually(lambda: fallbacks(rig)[0].state is DeliveryState.CANCELLED)
    assert beyond.mailbox.envelopes == []


async def test_a_repetition_goes_beneath_the_first_in_a_mailbox(beyond: Beyond) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(SELDOM), beyond.working():
        [mail] = await eventually(lambda: beyond.mailbox.mails())
    assert mail["References"] == f"<{fallbacks(rig)[0].subject}@tocsin.invalid>"
    assert mail.get_content_type() == "text/plain"


async def test_slack_refuses_the_app_as_such_and_no_ladder_is_used_up(beyond: Beyond) -> None:
    rig = beyond.rig
    for method in ("chat.postMessage", "auth.test"):
        rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, method, error="org_login_required"))
    an_incident(rig.db, rig.policy, rig.act(MEI))
    slow = FallbackRule({Severity.P1: timedelta(hours=1)}, {PRIYA: (MAIL,)})
    async with rig.working(), beyond.working(slow):
        [text] = await eventually(lambda: beyond.mailbox.texts())
        rig.slack.slack.faults.clear()
        await eventually(lambda: rig.dms_of(PRIYA) and rig.dms_of(SOFIA), within=40)
        await eventually(lambda: rig.slack.calls("pins.add"), within=40)
    assert "Legal is needed" in text
    assert len(rig.dms_of(PRIYA)) == len(rig.dms_of(SOFIA)) == 1
    assert not rig.dms_of(TOM), "the backup was not due"
    with rig.db.reading() as tx:
        assert not people_and_groups.gone(tx, rig.workspace, [PRIYA, SOFIA])


@pytest.mark.parametrize("code", ["org_login_required", "missing_scope", "messages_tab_disabled"])
async def test_slack_takes_no_message_and_its_token_is_good(beyond: Beyond, code: str) -> None:
    """Each place is refused by itself: other ways at once, and Slack as soon as it takes it."""
    rig = beyond.rig
    fault = rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "chat.postMessage", error=code))
    slow = FallbackRule({Severity.P1: timedelta(hours=1)}, {PRIYA: (MAIL,)})
    rig.policy = replace(rig.policy, fallback=slow)
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(), beyond.working(slow):
        [text] = await eventually(lambda: beyond.mailbox.texts())
        rig.slack.slack.faults.rules.remove(fault)
        await eventually(lambda: rig.dms_of(PRIYA) and rig.dms_of(SOFIA), within=40)
    assert "Legal is needed" in text
    assert rig.figures.lost_token is None
    pages = [one for one in rig.dms_of(PRIYA) if "is needed" in str(one.blocks)]
    assert len(pages) == 1
    with rig.db.reading() as tx:
        assert not people_and_groups.gone(tx, rig.workspace, [PRIYA, SOFIA])


async def test_a_refusal_that_nobody_knows_reaches_everybody_by_their_other_ways(
    beyond: Beyond,
) -> None:
    """It may be the person's or the app's: the ladder goes on, and whoever was asked is told."""
    rig = beyond.rig
    rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "chat.postMessage", error="on_holiday"))
    rule = beyond.rule(**{PRIYA: (MAIL,), TOM: (TEXT,)})
    rig.policy = replace(rig.policy, fallback=rule)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(), beyond.working(rule):
        [text] = await eventually(lambda: beyond.mailbox.texts())
        await eventually(lambda: beyond.hook.taken)
        link = link_in(text)
        assert (
            link_page.look(rig.db, rig.policy, link, rig.clock.now()).standing is LinkStatus.WAITING
        )
        assert home.home_of(rig.db, rig.act(PRIYA)).pages
        [taken] = answers.acknowledge_mine(rig.db, rig.act(PRIYA), opened.head.id)
        assert (
            link_page.look(rig.db, rig.policy, link, rig.clock.now()).standing is LinkStatus.YOURS
        )
    assert taken.team_name == "Legal"


async def test_an_address_that_was_wrong_is_corrected_in_the_policy(beyond: Beyond) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    an_incident(rig.db, rig.policy, rig.act(MEI))
    beyond.mailbox.refuses = True
    async with (
        rig.working(SELDOM),
        beyond.working(beyond.rule(**{PRIYA: (FallbackWay("email", "prya@x.com"),)})),
    ):
        await eventually(lambda: beyond.mailbox.asked)
    beyond.mailbox.refuses = False
    async with rig.working(SELDOM), beyond.working():
        [text] = await eventually(lambda: beyond.mailbox.texts("priya@example.com"))
        await eventually(lambda: not unsent(rig))
    assert "Legal is needed" in text
    assert len(beyond.mailbox.envelopes) == 1


def unsent(rig: Rig) -> list[Delivery]:
    return [row for row in fallbacks(rig) if row.state in outbox.UNSENT]


async def test_without_other_ways_in_the_policy_nothing_waits_for_one(beyond: Beyond) -> None:
    rig = beyond.rig
    slack_is_down(rig)
    an_incident(rig.db, rig.policy, rig.act(MEI))
    beyond.mailbox.refuses = True
    async with rig.working(SELDOM), beyond.working():
        await eventually(lambda: beyond.mailbox.asked)
    assert len(unsent(rig)) == 1
    assert fallback_unsent.forget(rig.db) == 1
    assert fallback_unsent.forget(rig.db) == 0
    assert not unsent(rig)
