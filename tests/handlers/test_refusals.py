"""Everything that cannot be done: it is said why and what would work, and nothing changes."""

import asyncio
import logging
from dataclasses import replace

import pytest
from sqlalchemy import delete
from sqlmodel import col

from bot.domain.act import Role
from bot.domain.incidents.lifecycle import State
from bot.render.wording import Wording
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.people import people_and_groups
from bot.store.tables import Person
from playground.driver import texts
from tests.factories import MEI, NOON, WORKSPACE, an_act
from tests.handlers.requests import click_body, command_body, send
from tests.handlers.stage import BYSTANDER, NEWCOMER, STRANGER, Stage, a_stage


async def test_a_typo_gets_the_corrected_command_and_does_nothing(stage: Stage) -> None:
    said = await stage.command("mei", "opne p1 Pile-on")
    assert "/escalate open p1 Pile-on" in said
    assert stage.incidents() == []


LINES = "Bomb\nLegal: may we call?\nAnswer by 5"


@pytest.mark.parametrize(
    ("typed", "meant", "here"),
    [
        ("opne p1 ", "open p1 ", "general"),
        ("crate p1 ", "open p1 ", "general"),
        ("please open p1 ", "open p1 ", "general"),
        ("p1 ", "open p1 ", "general"),
        ("open critical ", "open p0: ", "general"),
        ("open p4 ", "open p0: ", "general"),
        ("new p1 ", "open p1: ", "esc-1"),
        ("p1 ", "open p1 ", "esc-1"),
        ("noet ", "note ESC-1 ", "esc-1"),
    ],
)
async def test_a_command_to_copy_keeps_its_lines(
    stage: Stage, typed: str, meant: str, here: str
) -> None:
    """A line may ask a team: in the title it would ask no one."""
    stage.in_channel(stage.opened())
    said = await stage.command("mei", typed + LINES, here)
    assert f"```\n/escalate {meant}{LINES}\n```" in said
    assert len(stage.incidents()) == 1


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("duplicate ESC-1 of itself", "duplicate ESC-1 of ESC-m"),
        ("duplicate ESC-1 is a duplicate of the other one", "duplicate ESC-1 of ESC-m"),
        ("duplicate of ESC-1 I think", "duplicate ESC-n of ESC-1"),
        ("status ESC-1 awaiting decison", "status ESC-1 awaiting-decision"),
        ("status ESC-1 awiting decision", "status ESC-1 awaiting-decision"),
        ("status ESC-1 awaiting-decisoin: by Legal", "status ESC-1 awaiting-decision by Legal"),
        ("status ESC-1 action pendng", "status ESC-1 action-pending"),
        ("status ESC-1 actoin pending their call", "status ESC-1 action-pending their call"),
        ("page ESC-1 @Priya look", "page ESC-1 @priya look"),
        ("handover ESC-1 @Tom", "handover ESC-1 @tom &lt;summary&gt;"),
        ("assign ESC-1 @Priya", "assign ESC-1 @priya"),
        ("assign ESC-1 to @Tom", "assign ESC-1 @tom"),
        ("task ESC-1 @Tom draft it by 17:00", "task ESC-1 @tom draft it by 17:00"),
    ],
)
async def test_what_is_nearly_right_gets_the_whole_command(
    stage: Stage, typed: str, command: str
) -> None:
    """Nothing of a mistyped name becomes text, and nothing is turned round."""
    stage.opened()
    before = len(stage.details(stage.incidents()[0].id).entries)
    said = await stage.command("mei", typed, "general")
    assert f"`/escalate {command}`" in said
    assert len(stage.details(stage.incidents()[0].id).entries) == before


@pytest.mark.parametrize(
    "typed",
    ["page ESC-1 @tom, @gus look", "assign ESC-1 @gus", "task ESC-1 @gus draft it by 17:00"],
)
async def test_a_person_who_can_be_given_nothing_is_named(stage: Stage, typed: str) -> None:
    stage.opened()
    said = await stage.command("mei", typed, "general")
    assert "@gus is a guest" in said
    assert "For example" not in said


@pytest.mark.parametrize(
    "typed", ["update", "note", "handover", "edit title", "assign", "task me by 17:00", "decline"]
)
async def test_an_example_is_about_the_escalation_that_is_meant(stage: Stage, typed: str) -> None:
    """Copied as it stands, it writes to no other one."""
    stage.in_channel(stage.opened())
    stage.opened()
    for text, where, of in ((typed, "esc-1", "ESC-1"), (f"ESC-2 {typed}", "general", "ESC-2")):
        said = await stage.command("mei", text, where)
        assert "ESC-12" not in said
        assert "/escalate" not in said or of in said or "ESC-" not in said


async def test_a_person_without_a_role_reads_which_role_this_takes(stage: Stage) -> None:
    stage.opened()
    for typed in ("open p0 Bomb threat", "open", ""):
        said = (await send(stage.url, command_body(typed, user=BYSTANDER))).body
        assert "To open an escalation you need the role *member*; you have no role here" in said
        assert "or ask someone who has it to do this for you" in said
    said = (await send(stage.url, command_body("update ESC-1 All good", user=BYSTANDER))).body
    assert "you need the role *responder*" in said


async def test_a_severity_in_the_place_of_the_verb_is_meant_for_open(stage: Stage) -> None:
    assert "/escalate open p1 Pile-on" in await stage.command("mei", "p1 Pile-on")
    assert stage.incidents() == []


async def test_a_word_like_no_verb_gets_the_help(stage: Stage) -> None:
    assert "/escalate help" in await stage.command("mei", "xyzzy")


REFUSED = [
    ("show", "Which escalation? Add its number, for example `ESC-12`."),
    ("show ESC-99", "ESC-99"),
    ("note", "ESC-12"),
    ("note ESC-1", "Add the text of the note."),
    ("update ESC-1", "Add the text of the update."),
    ("severity ESC-1 purple", "not a severity"),
    ("severity ESC-1 p1", "already"),
    ("status ESC-1 purple", "not a state"),
    ("status ESC-1 closed", "ESC-1 is still open. Resolve it first: `/escalate resolve ESC-1`"),
    ("status ESC-1 reviewed", "ESC-1 is still open. Resolve it first: `/escalate resolve ESC-1`"),
    (
        "status ESC-1 closed after review",
        "ESC-1 is still open. Resolve it first: `/escalate resolve ESC-1`",
    ),
    ("assign ESC-1", "@priya"),
    ("assign ESC-1 @nobody-here", "@nobody-here"),
    ("assign ESC-1 @tom @priya", "left over"),
    ("page ESC-1 leagl", "legal"),
    ("page ESC-1 legal", "already"),
    ("page ESC-1 @ghost", "@ghost"),
    ("handover ESC-1 pr", "summary"),
    ("task ESC-1 call the agency by 17:00", "@priya"),
    ("task ESC-1 me call the agency", "by"),
    ("task ESC-1 me call the agency by never", "not a time"),
    ("task ESC-1 me by 17:00", "Add the text of the task."),
    ("remind", "remind in 2h"),
    ("remind never do it", "not a time"),
    ("remind in 2h", "Add the text of the reminder."),
    ("done ESC-1", "open task"),
    ("close ESC-1", "ESC-1 is still open. Resolve it first: `/escalate resolve ESC-1`"),
    ("reopen ESC-1 why not", "ESC-1 is open, so there is nothing to reopen."),
    ("decline ESC-1", "`/escalate decline ESC-1 handled by the ordinary queue`"),
    (
        "status ESC-1 declined",
        "The state was not changed. For example: `/escalate status ESC-1 dec",
    ),
    ("severity ESC-1 p3", "`/escalate severity ESC-1 p3 the threat was not credible`"),
    ("handover ESC-1 legal", "`/escalate handover ESC-1 legal statement drafted"),
    ("duplicate", "duplicate ESC-n of ESC-m"),
    ("duplicate ESC-1 ESC-99", "ESC-99"),
    ("duplicate ESC-1 ESC-1", "ESC-1"),
    ("oncall leagl", "legal"),
    ("list purple", "not a filter"),
    ("list team leagl", "legal"),
    ("search", "nothing to search"),
    ("digest purple", "purple"),
    ("help purple", "purple"),
    ("ack ESC-1", "No page waits for you in ESC-1. To help anyway"),
]


async def test_each_refusal_says_why_and_changes_nothing(stage: Stage) -> None:
    opened = stage.opened()
    before = stage.details(opened.head.id).entries
    for text, word in REFUSED:
        said = await stage.command("mei", text)
        assert word in said, (text, said)
        assert stage.details(opened.head.id).entries == before, text


async def test_an_unknown_digest_to_preview_was_not_to_be_sent_and_is_no_report(
    stage: Stage,
) -> None:
    said = await stage.command("mei", "digest preview purple")
    assert "purple" in said
    assert "No digest was sent" not in said
    assert "Open this" not in said


async def test_too_long_is_refused_with_the_count(stage: Stage) -> None:
    opened = stage.opened()
    before = stage.details(opened.head.id).entries
    said = await stage.command("mei", "note ESC-1 " + "x" * 3_001)
    assert "3,001 characters" in said
    assert "3,001" in await stage.command("mei", "update ESC-1 " + "x" * 3_001)
    title = "<Twelve> *accounts* " * 200
    long_title = await stage.command("mei", f"open p1 {title}")
    assert "a title has at most" in long_title
    assert f"/escalate open p1 {title.strip()}" in long_title.replace("\n", "")
    assert len(stage.incidents()) == 1
    assert stage.details(opened.head.id).entries == before


@pytest.mark.parametrize("who", ["gus", "nick"])
async def test_guests_and_people_without_a_role_may_do_nothing(stage: Stage, who: str) -> None:
    opened = stage.opened(title="About spam")
    before = stage.details(opened.head.id).entries
    for text in ("open p1 x", "list", "show ESC-1", "note ESC-1 x", "ack", "oncall", "help", ""):
        said = await stage.command(who, text)
        assert "no role here" in said, text
        # No administrator can give a guest a role.
        assert ("Ask a full member" in said, "administrator" in said) == (
            (True, False) if who == "gus" else (False, True)
        ), text
        assert "About spam" not in said
    assert stage.details(opened.head.id).entries == before
    assert len(stage.incidents()) == 1


async def test_somebody_new_is_looked_up_once_and_then_known(stage: Stage) -> None:
    assert "no role here" in await stage.command("new", "list")
    assert "no role here" in await stage.command("new", "list")
    assert stage.asked_for == [NEWCOMER]


@pytest.mark.parametrize("text", ["list", "open p2 A threat"])
async def test_who_counts_as_gone_and_acts_is_asked_of_slack_anew(
    stage: Stage, db: Database, text: str
) -> None:
    """A message that Slack refused for them was no proof; that they act is one."""
    with db.transaction() as tx:
        people_and_groups.mark_gone(tx, WORKSPACE, MEI, NOON)
    assert "no role here" not in await stage.command("mei", text)
    with db.reading() as tx:
        assert not people_and_groups.gone(tx, WORKSPACE, [MEI])


async def test_somebody_whom_slack_does_not_know_is_refused(stage: Stage) -> None:
    body = command_body("list", user="U0GHOST", response_url="http://127.0.0.1:1/")
    answered = await send(stage.url, body)
    assert answered.status == 200
    assert "reference" in answered.body or "no role here" in answered.body


async def test_a_person_of_another_organisation_is_refused_whatever_the_policy_says(
    stage: Stage,
) -> None:
    answered = await send(stage.url, command_body("list", user=MEI, team_id="T0OTHERS"))
    assert "no role here" in answered.body
    opened = stage.opened()
    sender = {"id": MEI, "team_id": "T0OTHERS"}
    await send(stage.url, click_body("incident_take_ownership", opened.head.id, sender=sender))
    await stage.settled()
    assert stage.details(opened.head.id).card.head.owner is None


@pytest.mark.parametrize(
    ("sender", "team", "let_in"),
    [
        ({"team_id": "E1"}, {"id": "T2", "enterprise_id": "E1"}, True),
        ({"team_id": "T2"}, {"id": "T2", "enterprise_id": "E1"}, True),
        ({"team_id": "E9"}, {"id": WORKSPACE.team_id, "enterprise_id": "E1"}, False),
        ({"team_id": "T9"}, {"id": "T9", "enterprise_id": "E9"}, False),
        ({"team_id": "T9"}, {"id": "E9"}, False),
    ],
)
async def test_in_a_grid_its_own_workspaces_may_press_and_no_other_organisation(
    stage: Stage, sender: dict[str, str], team: dict[str, str], *, let_in: bool
) -> None:
    opened = stage.opened()
    click = click_body(
        "incident_take_ownership",
        opened.head.id,
        sender={"id": MEI, **sender},
        team=team,
        enterprise={"id": "E1", "name": "Harbour"},
    )
    await send(stage.url, click)
    await stage.settled()
    assert (stage.details(opened.head.id).card.head.owner == MEI) is let_in


async def test_in_a_grid_somebody_external_who_is_new_is_refused_although_everyone_may(
    db: Database, wording: Wording
) -> None:
    """Their click names a workspace only, and Slack calls nobody a stranger whom the app meets."""
    roles = replace(wording.policy.roles, everyone=Role.RESPONDER)
    async with a_stage(db, Wording(replace(wording.policy, roles=roles), wording.words)) as stage:
        met = stage.slack.channel("C0GENERAL")
        stage.slack.slack.rooms.add_member(met, stage.slack.slack.app.user_id)
        with db.transaction() as tx:
            tx.execute(delete(Person).where(col(Person.user_id) == STRANGER))
        opened = stage.opened()
        click = click_body(
            "incident_take_ownership",
            opened.head.id,
            sender={"id": STRANGER, "team_id": "T0STRANGER"},
            enterprise={"id": "E1", "name": "Harbour"},
        )
        await send(stage.url, click)
        await stage.settled()
        assert stage.asked_for == [STRANGER]
        assert stage.details(opened.head.id).card.head.owner is None


@pytest.mark.parametrize("target", ["gus", "nick"])
@pytest.mark.parametrize(
    "text", ["assign ESC-1 @{}", "page ESC-1 @{}", "task ESC-1 @{} x by 17:00"]
)
async def test_work_is_not_given_to_those_who_could_not_do_it(
    stage: Stage, text: str, target: str
) -> None:
    opened = stage.opened(teams=())
    before = stage.details(opened.head.id).entries
    assert "has no role" in await stage.command("mei", text.format(target))
    assert stage.details(opened.head.id).entries == before


async def test_an_ended_incident_says_how_it_is_reopened(stage: Stage) -> None:
    opened = stage.opened()
    lifecycle.decline(stage.db, an_act(), opened.head.id, "no escalation")
    for text in ("page ESC-1 legal", "update ESC-1 x", "severity ESC-1 p0", "status ESC-1"):
        assert "/escalate reopen ESC-1" in await stage.command("mei", text), text
    assert "on the timeline" in await stage.command("mei", "note ESC-1 still allowed")
    assert stage.details(opened.head.id).card.head.state is State.DECLINED


async def test_a_loud_title_is_stored_raw_and_said_harmlessly(stage: Stage) -> None:
    title = "<!channel> 🔥 \u202e שלום & <https:"
    said = await stage.command("mei", f"open p2 {title}")
    [incident] = stage.incidents()
    assert incident.title == title
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said
    [message] = [m for m in stage.slack.messages("general") if m.ephemeral_to]
    assert message.loud is None


async def test_the_same_command_twice_opens_one_incident(stage: Stage) -> None:
    body = command_body("open p1 Pile-on", trigger="42.7.same")
    first, second = await send(stage.url, body), await send(stage.url, body)
    assert "ESC-1" in first.body
    assert "done already: ESC-1" in second.body
    assert len(stage.incidents()) == 1


async def test_deliveries_of_one_command_at_the_same_moment_open_one_incident(
    stage: Stage,
) -> None:
    body = command_body("open p1 Pile-on", trigger="42.7.same")
    answered = await asyncio.gather(*(send(stage.url, body) for _ in range(6)))
    assert all("ESC-1" in one.body for one in answered)
    assert len(stage.incidents()) == 1


async def test_a_form_that_slack_does_not_open_any_more_is_offered_again(stage: Stage) -> None:
    stage.slack.slack.triggers.lifetime = -1.0
    assert await stage.command("mei", "") == ""
    offer = await stage.person("mei").until_sees("general", lambda m: "press the button" in m.text)
    stage.slack.slack.triggers.lifetime = 3.0
    assert await stage.answer_to_click("mei", offer, "open_form") == ""
    assert (await stage.person("mei").until_modal()).callback_id == "form_open"


async def test_what_was_typed_is_not_lost_with_a_form_that_does_not_open(stage: Stage) -> None:
    stage.opened()
    stage.slack.slack.triggers.lifetime = -1.0
    typed = "resolve ESC-1 twelve accounts are suspended, the agency knows"
    assert await stage.command("mei", typed) == ""
    offer = await stage.person("mei").until_sees("general", lambda m: "press the button" in m.text)
    assert f"/escalate {typed}" in texts(offer)


async def test_an_unexpected_error_gets_a_reference_that_finds_the_log_line(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError(f"cannot store {given}")

    monkeypatch.setattr(lifecycle, "add_note", broken)
    opened = stage.opened(title="Secret title")
    caplog.set_level(logging.INFO)
    said = await stage.command("mei", "note ESC-1 Secret words")
    [record] = [r for r in caplog.records if r.name == "tocsin.handlers"]
    reference = record.__dict__["error_reference"]
    assert reference in said
    assert reference in record.getMessage()
    assert "RuntimeError" in record.getMessage()
    assert "Secret" not in caplog.text
    assert "Traceback" not in said
    assert opened.head.reference == "ESC-1"
