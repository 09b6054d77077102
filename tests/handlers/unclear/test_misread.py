"""What people type and no reader took: nothing happens to an escalation that was not named."""

import copy
import re
from dataclasses import replace

import pytest
from sqlmodel import select

from bot.domain.access.visibility import Tier
from bot.domain.controls import Button
from bot.domain.incidents.lifecycle import State
from bot.domain.paging.ladders import RunState
from bot.services.incidents import lifecycle
from bot.store.tables import PagingRun, TimelineEntry
from handlers.verbs import VERBS
from playground.driver import texts
from playground.state.records import Message
from tests.databases import on_both
from tests.factories import MEI, SOFIA, TOM, an_act
from tests.handlers.requests import click_body, command_body, send
from tests.handlers.stage import Stage

"""What is read of a text does not depend on the database."""


def entries(stage: Stage) -> list[tuple[str, int]]:
    with stage.db.reading() as tx:
        return sorted((row.incident_id, row.seq) for row in tx.all(select(TimelineEntry)))


def taken_by_priya(stage: Stage) -> set[str]:
    """References of the escalations in which a page was acknowledged."""
    with stage.db.reading() as tx:
        runs = tx.all(select(PagingRun))
    taken = {run.incident_id for run in runs if run.state is RunState.ACKNOWLEDGED}
    return {f"ESC-{row.number}" for row in stage.incidents() if row.id in taken}


async def test_a_reference_in_any_writing_acknowledges_that_one_alone(stage: Stage) -> None:
    for _ in range(4):
        stage.opened()
    for text, number in (("ack *ESC-2*", 2), ("ack 3", 3), ("ack ESC-4.", 4)):
        assert f"acknowledged ESC-{number}" in await stage.command("priya", text)
    assert taken_by_priya(stage) == {"ESC-2", "ESC-3", "ESC-4"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ack ESC-abc", "not a reference"),
        ("ack ESC-99", "ESC-99"),
        ("ack 99", "ESC-99"),
        ("ack please", "takes no text"),
        ("ack all", "takes no text"),
        ("ack ESC-1 ESC-2", "/escalate ack ESC-2"),
        ("ack ESC-1, ESC-2", "/escalate ack ESC-1"),
        ("ack ESC-1 and ESC-2", "several escalations"),
        ("ack ESC-1 2", "/escalate ack ESC-2"),
        ("ESC-1 ack ESC-2", "several escalations"),
        ("ack ESC-1 on it", "/escalate note ESC-1 on it"),
        ("ack #general", "#general"),
        ("ack @tom", "takes no text"),
    ],
)
async def test_what_ack_does_not_understand_acknowledges_nothing(
    stage: Stage, text: str, says: str
) -> None:
    stage.opened()
    stage.opened()
    before = entries(stage)
    said = await stage.command("priya", text)
    assert says in said
    assert taken_by_priya(stage) == set()
    assert entries(stage) == before


@pytest.mark.parametrize("here", ["esc-1", "general"])
@pytest.mark.parametrize(
    "text",
    [
        "decline *ESC-2* spam",
        "decline ESC\u20132: spam",
        "*decline ESC-2 spam*",
        "ESC-2, decline spam",
        "decline \u201cESC-2\u201d spam",
    ],
)
async def test_decline_ends_the_one_that_is_named(stage: Stage, text: str, here: str) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    assert "ESC-2" in await stage.command("mei", text, here)
    assert [row.state for row in stage.incidents()] == [State.NEW, State.DECLINED]
    entry = stage.details(stage.incidents()[1].id).entries[-1]
    assert entry.data["note"] == "spam"


async def test_an_escalations_channel_is_its_reference(stage: Stage) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    assert "ESC-1" in await stage.command("mei", "note #esc-1 called the agency")
    answered = await send(stage.url, command_body("note <#C0ESC1> once more", trigger="9.9.9"))
    assert "ESC-1" in answered.json["text"]
    texts_noted = [e.data.get("text") for e in stage.details(stage.incidents()[0].id).entries[-2:]]
    assert texts_noted == ["called the agency", "once more"]


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("duplicate ESC-2 of ESC-3", {2: 3}),
        ("duplicate 2 of 3", {2: 3}),
        ("duplicate *ESC-2* *ESC-3*", {2: 3}),
        ("duplicate ESC-2 is a duplicate of ESC-3", {2: 3}),
        ("dup 3!", {1: 3}),
        ("duplicate *ESC-2*, *ESC-3*", {}),
        ("duplicate ESC-2 and ESC-3", {}),
        ("dup of ESC-2 ESC-3", {}),
        ("duplicate of ESC-2: ESC-3", {}),
        ("duplicate of ESC-2, ESC-3", {}),
        ("duplicate ESC-2 or ESC-3", {}),
        ("ESC-1 duplicate ESC-2 of ESC-3", {}),
        ("dup 3?", {}),
        ("duplicate? ESC-3", {}),
        ("duplicate ESC-1", {}),
        ("ESC-2 duplicate of ESC-3", {2: 3}),
        ("duplicate of ESC-3", {1: 3}),
        ("duplicate ESC-3.", {1: 3}),
        ("status duplicate of ESC-3", {1: 3}),
        ("status ESC-2 duplicate *ESC-3*", {2: 3}),
        ("duplicate ESC-2 of ESC-2", {}),
        ("duplicate ESC-2 of ESC-99", {}),
        ("duplicate ESC-2 of the other one", {}),
        ("duplicate ESC-2 ESC-3 ESC-1", {}),
        ("duplicate ESC-abc", {}),
    ],
)
async def test_duplicate_ends_what_stands_before_of(
    stage: Stage, text: str, of: dict[int, int]
) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    stage.opened()
    assert await stage.command("mei", text, "esc-1")
    rows = stage.incidents()
    by_id = {row.id: row.number for row in rows}
    assert {row.number: by_id[row.duplicate_of] for row in rows if row.duplicate_of} == of


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("update ESC-2 related to ESC-3", "related to ESC-3"),
        ("update *ESC-2* see <http://case.example|case.example>", "see case.example"),
        ("update ESC-2 12 accounts are *gone*", "12 accounts are *gone*"),
        ("update ESC-2 see #general", "see #general"),
        ("update ESC-2 - one\n- two", "- one\n- two"),
        ("update \u26a0\ufe0f ESC-2 for ESC-3 too", "for ESC-3 too"),
        ("update :warning: - ESC-2: :fire: again", ":fire: again"),
    ],
)
async def test_an_update_keeps_its_text_and_goes_where_it_is_named(
    stage: Stage, text: str, note: str
) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    before = stage.details(stage.incidents()[0].id).entries
    answered = await send(
        stage.url, command_body(text, trigger="8.8.8", channel_id="C0ESC1", channel_name="esc-1")
    )
    assert "ESC-2" in answered.json["text"]
    assert stage.details(stage.incidents()[1].id).entries[-1].data["text"] == note
    assert stage.details(stage.incidents()[0].id).entries == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("update ESC-2 ESC-3 are one", "/escalate update ESC-3 are one"),
        ("update ESC-2x still looking", "not a reference"),
        ("decline 2 spam", "/escalate decline ESC-2 spam"),
        ("decline for ESC-2 spam", "/escalate decline ESC-2 spam"),
        ("update on *ESC-2*: all clear", "/escalate update ESC-2 all clear"),
        ("page legal for ESC-2 please", "/escalate page ESC-2 legal please"),
        ("page @tom ESC-2", "/escalate page ESC-2 @tom"),
        ("handover pr ESC-2 is drafted", "/escalate handover ESC-2 pr is drafted"),
        ("task @tom on ESC-2 draft it by 17:00", "/escalate task ESC-2 @tom draft it by 17:00"),
        ("severity p0 for ESC-2", "/escalate severity ESC-2 p0"),
        ("status monitoring ESC-2", "/escalate status ESC-2 monitoring"),
        ("reopen 2 it is back", "part of the reason"),
        ("ESC-2 list", "not about one escalation"),
        ("ESC-2 open it is back", "not about one escalation"),
        ("ESC-2 open p0 it is back", "/escalate severity ESC-2 p0: it is back"),
        ("open ESC-2", "/escalate show ESC-2"),
        ("close ESC-2 all good", "/escalate note ESC-2 all good"),
        ("done ESC-2 sent it", "/escalate note ESC-2 sent it"),
        ("show ESC-2 please", "takes no text"),
        ("assign ESC-2 @tom please", "/escalate note ESC-2 please"),
        ("severity ESC-2 p0 p3 worse", "two severities"),
        ("status ESC-2 wondering", "not a state"),
    ],
)
async def test_what_is_not_clear_is_refused_with_commands_to_copy(
    stage: Stage, text: str, says: str
) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    stage.opened()
    before = entries(stage)
    assert says in await stage.command("mei", text, "esc-1")
    assert entries(stage) == before


async def test_a_number_alone_is_the_reference_that_a_verb_expects(stage: Stage) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    assert "ESC-2" in await stage.command("mei", "show 2", "esc-1")
    assert "ESC-2" in await stage.command("mei", "assign 2 @tom", "esc-1")
    assert "ESC-2 is now P0" in await stage.command("mei", "severity 2 p0 it is worse", "esc-1")
    assert "ESC-1 is now P2" in await stage.command("mei", "severity 2: it is little", "esc-1")
    await stage.command("mei", "resolve 2", "esc-1")
    view = await stage.person("mei").until_modal()
    assert "ESC-2" in str(view.blocks)


SEVERITIES = {
    "P0": "critical. x|p0/ x|*p0* x"
    "|p0\u2014x|p0 - x|P0: x|[p0] x|p-0 x|p 0 x|sev0 x|sev 0 x|severity p0 x"
    "|severity: 0 x|critical: x|*Critical*: x|severity critical x"
    "|priority 0 x|\uff50\uff10 x|p\u200b0 x"
    "|\u201cp0\u201d x|critical p0 x|*p0 x*",
    "P1": "high - x|High: x|_p1_ x|sev-1 x",
    "P2": "x|p2 x|medium, x",
    "P3": "*low* x|(p3) x|sev 3. x",
}


@pytest.mark.parametrize("severity", SEVERITIES)
async def test_a_severity_counts_in_any_writing(stage: Stage, severity: str) -> None:
    writings = SEVERITIES[severity].split("|")
    for written in writings:
        assert f"open as {severity}" in await stage.command("mei", f"open {written}"), written
    assert {row.title for row in stage.incidents()} == {"x"}
    assert len(stage.incidents()) == len(writings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("open p4 x", "P0 (Critical), P1 (High), P2 (Medium), P3 (Low)"),
        ("open p5 title", "is not a severity"),
        ("open sev9 x", "is not a severity"),
        ("open sev 9 x", "is not a severity"),
        ("open p0child in danger", "is not a severity"),
        ("open severity urgent x", "is not a severity"),
        ("open p0 p1 x", "which severity"),
        ("open 1 account doxxed", "which severity"),
        ("open p4", "is not a severity"),
        ("open critical.io leaks user data", "which severity"),
        ("open High.School kids fight", "which severity"),
        ("open low.ly link spam", "which severity"),
        ("open p1.com scam site", "which severity"),
        ("open p1/video99 is bad", "which severity"),
    ],
)
async def test_a_severity_that_is_none_opens_nothing(stage: Stage, text: str, says: str) -> None:
    assert says in await stage.command("mei", text)
    assert stage.incidents() == []
    assert stage.deliveries("page") == []


async def test_open_as_opens_what_was_meant_once(stage: Stage) -> None:
    outcome = await stage.person("mei").command("/escalate open p4 <b>Threat</b>", "general")
    message = outcome.message
    assert message is not None
    rows = [block["block_id"] for block in message.blocks if "accessory" in block]
    assert len(rows) == 4
    assert stage.incidents() == []
    again = replace(message, blocks=copy.deepcopy(message.blocks))
    assert await stage.answer_to_click("mei", message, "open_as", block_id=rows[1]) == ""
    [stands] = [one for one in stage.slack.messages(message.channel) if one.ts == message.ts]
    assert "is open as P1" in texts(stands)
    assert "open_as" not in str(stands.blocks), "the offer is gone"
    [incident] = stage.incidents()
    assert (incident.title, incident.severity) == ("<b>Threat</b>", "P1")
    said = await _pressed(stage, again, rows[0])
    assert "You already opened ESC-1 from this message, as P1. To raise it:" in said
    assert "`/escalate severity ESC-1 p0 &lt;reason&gt;`" in said
    assert "To lower it" in await _pressed(stage, again, rows[3])
    assert "as P1." in (same := await _pressed(stage, again, rows[1]))
    assert "To" not in same
    assert len(stage.incidents()) == 1


async def _pressed(stage: Stage, offer: Message, row: str) -> str:
    """Press a button of an offer that another client of theirs still shows."""
    [block] = [block for block in offer.blocks if block["block_id"] == row]
    value = block["accessory"]["value"]
    before = len(stage.person("mei").dms())
    await send(stage.url, click_body(Button.OPEN_AS, value, user=MEI, trigger=f"8.{row}"))
    await stage.settled()
    return "\n".join(texts(one) for one in stage.person("mei").dms()[before:])


@pytest.mark.parametrize(
    ("text", "title", "severity"),
    [
        ("opne *p0* bomb threat", "bomb threat", "P0"),
        ("urgent there is a bomb threat", "urgent there is a bomb threat", None),
        ("*Bomb* threat at a school", "*Bomb* threat at a school", None),
        ("p0 bomb threat", "bomb threat", "P0"),
        ("opne p4 bomb threat", "p4 bomb threat", None),
        ("urgent p0 there is a bomb threat", "urgent there is a bomb threat", "P0"),
    ],
)
async def test_what_may_be_a_report_is_offered_and_pages_nobody_without_a_press(
    stage: Stage, text: str, title: str, severity: str | None
) -> None:
    outcome = await stage.person("mei").command(f"/escalate {text}", "general")
    assert outcome.message is not None
    assert "`/escalate done" not in texts(outcome.message)
    assert "no one was paged" in texts(outcome.message)
    await stage.person("mei").click(outcome.message, "open_typed")
    view = await stage.person("mei").until_modal()
    assert view.state["title"]["title"]["value"] == title
    chosen = view.state["severity"]["severity"].get("selected_option")
    assert (chosen["value"] if chosen else None) == severity
    assert stage.incidents() == []
    assert stage.deliveries("page") == []


@pytest.mark.parametrize(
    ("text", "leads_on"),
    [
        ("unack ESC-1", "/escalate page ESC-1"),
        ("un-ack ESC-1", "/escalate handover ESC-1"),
        ("ESC-1 unacknowledge", "/escalate page ESC-1"),
        ("undo ack ESC-1", "/escalate page ESC-1"),
        ("unresolve *ESC-1*", "/escalate reopen ESC-1"),
        ("unclose ESC-1", "/escalate reopen ESC-1"),
        ("undecline ESC-1", "/escalate reopen ESC-1"),
        ("unduplicate ESC-1", "/escalate reopen ESC-1"),
        ("unassign ESC-1", "/escalate assign ESC-1 @person"),
        ("disown ESC-1", "/escalate assign ESC-1 @person"),
        ("undone ESC-1", "/escalate task ESC-1"),
        ("unpage ESC-1 legal", "/escalate update ESC-1"),
        ("unopen ESC-1", "/escalate decline ESC-1"),
        ("unlist", "/escalate show"),
    ],
)
async def test_an_opposite_is_never_answered_with_the_deed_itself(
    stage: Stage, text: str, leads_on: str
) -> None:
    stage.opened()
    before = entries(stage)
    said = await stage.command("mei", text)
    assert leads_on in said
    for verb in VERBS:
        if f"un{verb.name}" in text or f"dis{verb.name}" in text:
            assert f"/escalate {verb.name} ESC-1`" not in said
    assert entries(stage) == before


@pytest.mark.parametrize(
    "nothing",
    [
        ".",
        '"',
        "-",
        "\u2026",
        "!!!",
        "\u200b",
        "\u200b \ufeff",
        "\u2800",
        "\u202e\u202c",
        "\u3164",
    ],
)
async def test_a_text_that_shows_nothing_is_none(stage: Stage, nothing: str) -> None:
    assert await stage.command("mei", f"open p0 {nothing}") == ""
    assert (await stage.person("mei").until_modal()).callback_id == "form_open"
    assert stage.incidents() == []
    stage.opened()
    before = entries(stage)
    for text in ("note ESC-1", "update ESC-1", "decline ESC-1", "handover ESC-1 pr"):
        await stage.command("mei", f"{text} {nothing}")
        assert entries(stage) == before, text


@pytest.mark.parametrize(
    ("text", "paged", "why"),
    [
        ("page legal, pr need both", {"legal", "pr"}, "need both"),
        ("page legal and pr", {"legal", "pr"}, ""),
        ("page *legal* & _PR_: need both", {"legal", "pr"}, "need both"),
        ("page legal/pr/public policy now", {"legal", "pr", "public-policy"}, "now"),
        ("page @tom @sofia", {f"person:{TOM}", f"person:{SOFIA}"}, ""),
        (
            "page @tom, @sofia and legal please",
            {f"person:{TOM}", f"person:{SOFIA}", "legal"},
            "please",
        ),
        ("page me and @tom", {f"person:{MEI}", f"person:{TOM}"}, ""),
        ("page legal: pr asks", {"legal"}, "pr asks"),
        ("page legal, please hurry", {"legal"}, "please hurry"),
        ("page legal counsel must read", {"legal"}, "counsel must read"),
        ("page \u201cpublic policy\u201d x", {"public-policy"}, "x"),
        ("page legal and legal", {"legal"}, ""),
    ],
)
async def test_all_targets_are_paged_and_named(
    stage: Stage, text: str, paged: set[str], why: str
) -> None:
    opened = stage.opened(teams=())
    stage.in_channel(opened)
    said = await stage.command("mei", text, "esc-1")
    with stage.db.reading() as tx:
        runs = tx.all(select(PagingRun))
    assert {run.team_key for run in runs} == paged
    assert {run.why for run in runs} == {why}
    told = said.count("is being paged for ESC-1") + said.count("has been paged for ESC-1")
    assert told >= len(paged)


@pytest.mark.parametrize(
    "text", ["page legal, pr need both", "page legal and pr", "page PR/Legal", "page legal+pr"]
)
async def test_those_who_are_not_being_paged_are_paged(stage: Stage, text: str) -> None:
    stage.in_channel(stage.opened(teams=("legal",)))
    said = await stage.command("mei", text, "esc-1")
    with stage.db.reading() as tx:
        assert sorted(run.team_key for run in tx.all(select(PagingRun))) == ["legal", "pr"]
    assert "PR is being paged for ESC-1" in said
    assert "Legal is already being paged for ESC-1" in said
    assert f"<@{MEI}> asked" in said
    before = entries(stage)
    said = await stage.command("mei", text, "esc-1")
    for name in ("Legal", "PR"):
        assert f"{name} is already being paged for ESC-1" in said
    assert f"<@{MEI}> asked" in said
    assert entries(stage) == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("page legal pr need both", "/escalate page ESC-1 legal, pr: need both"),
        ("page legal pr need both", "/escalate page ESC-1 legal: pr need both"),
        ("page legal @tom knows it", "one more target"),
        ("page legal - pr is asking", "one more target"),
        ("page\n- legal\n- pr", "one more target"),
        ("page @tom legal question", "one more target"),
        ("page legal, leagl", "There is no team"),
        ("page legal and @ghost", "@ghost"),
        ("page content-policy", "Content Policy is already being paged for ESC-1"),
        ("handover legal, pr drafted", "/escalate handover ESC-1 pr drafted"),
        ("assign @tom and @sofia", "left over"),
        ("assign @tom and @sofia", "/escalate assign ESC-1 @sofia"),
        ("handover aisha drafted", "/escalate handover ESC-1 @aisha drafted`"),
        ("assign tom", "/escalate assign ESC-1 @tom`"),
        ("task tom draft it by 17:00", "/escalate task ESC-1 @tom draft it by 17:00`"),
        ("page 1. legal 2. pr", "/escalate page ESC-1 legal, pr`"),
        ("page\n1) legal\n2) pr", "/escalate page ESC-1 legal, pr`"),
        ("page legal:\nmay we?\nPR: which line?", "/escalate page ESC-1 legal: may we?`"),
        ("page legal:\nmay we?\nPR: which line?", "/escalate page ESC-1 pr: which line?`"),
        ("page pr: now\nLegal: may we?\nHurry", "/escalate page ESC-1 pr: now Hurry`"),
        ("page pr: now\nHi Legal: may we?", "/escalate page ESC-1 legal: may we?`"),
        ("edit standard", "ESC-1 is already"),
        ("task @tom @sofia draft it by 17:00", "/escalate task ESC-1 @sofia draft it by 17:00"),
    ],
)
async def test_targets_that_are_not_clear_page_nobody(stage: Stage, text: str, says: str) -> None:
    stage.opened(teams=("content-policy",))
    before = entries(stage)
    verb, rest = re.split(r"\s", text, maxsplit=1)
    assert says in await stage.command("mei", f"{verb} ESC-1 {rest}")
    assert entries(stage) == before


async def test_a_task_may_begin_with_a_teams_name(stage: Stage) -> None:
    opened = stage.opened()
    await stage.command("mei", "task ESC-1 @tom legal & PR must read it by 17:00")
    [task] = stage.details(opened.head.id).card.tasks
    assert task.text == "legal & PR must read it"


async def test_lists_of_what_has_ended_and_of_a_state(stage: Stage) -> None:
    titles = ("Declined", "Resolved", "Still open", "Watched")
    for title in titles:
        stage.opened(title=title)
    declined, resolved, _, watched = stage.incidents()
    lifecycle.decline(stage.db, an_act(minutes=1), declined.id, "no escalation")
    cause = next(iter(stage.policy.root_causes))
    lifecycle.resolve(
        stage.db, stage.policy, an_act(minutes=2), resolved.id, root_cause=cause, follow_up_days=()
    )
    lifecycle.set_state(stage.db, an_act(), watched.id, State.MONITORING)
    for text, shown in (
        ("list closed", {"Declined", "Resolved"}),
        ("list *closed*.", {"Declined", "Resolved"}),
        ("list declined", {"Declined"}),
        ("list resolved", {"Resolved"}),
        ("list reviewed", set()),
        ("list monitoring", {"Watched"}),
        ("list new", {"Still open"}),
        ("list awaiting decision", set()),
        ("list", {"Still open", "Watched"}),
        ("list sev 1", {"Still open", "Watched"}),
        ("list High", {"Still open", "Watched"}),
        ("list *p0*", set()),
        ("list team *legal*", {"Still open", "Watched"}),
    ):
        said = await stage.command("mei", text)
        assert said.count(" · ended at ") == len(shown - {"Still open", "Watched"}), (text, said)
        assert {title for title in titles if title in said} == shown, text
    said = await stage.command("mei", "list closed")
    assert said.index("Resolved") < said.index("Declined")
    assert "2 open escalations" in await stage.command("mei", "list all")
    for text in ("list p0 overdue", "list mine please", "list ESC-1", "list p4", "list legal"):
        assert "not a filter" in await stage.command("mei", text), text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("oncall *legal*", "Legal"),
        ("oncall \u201cpublic policy\u201d.", "Public Policy"),
        ("oncall legal please", "left over"),
        ("oncall ESC-9", "ESC-9"),
        ("oncall legal ESC-9", "There is no escalation \u201cESC-9\u201d"),
        ("who is on call for legal?", "Legal"),
        ("help *ack*", "acknowledges"),
        ("help \u201cack\u201d?", "acknowledges"),
        ("*help* page", "pages teams"),
        ("`list`", "No open escalations"),
        ("/escalate list open", "No open escalations"),
        ("digest *preview* purple", "purple"),
        ("digest preview *Leadership*.", ": leadership"),
    ],
)
async def test_what_only_reads_takes_any_writing_too(stage: Stage, text: str, says: str) -> None:
    assert says in await stage.command("mei", text)


@on_both
async def test_a_codename_in_front_is_refused_with_its_reference(stage: Stage) -> None:
    stage.in_channel(stage.opened())
    restricted = stage.opened(tier=Tier.RESTRICTED).head
    [_, row] = stage.incidents()
    assert row.id == restricted.id
    before = entries(stage)
    for written in (row.codename, row.codename.lower(), f"*{row.codename}*:"):
        for verb in ("decline", "note", "update", "ack", "page"):
            said = await stage.command("mei", f"{verb} {written} spam", "esc-1")
            assert f"/escalate {verb} ESC-2" in said, (verb, written)
            assert "is a codename" in said
    assert entries(stage) == before
    other = "Amber Rook" if row.codename != "Amber Rook" else "Teal Rook"
    assert "ESC-1" in await stage.command("mei", f"note {other} is a bird", "esc-1")


QUESTIONS = (
    "close?",
    "close ESC-2?",
    "ESC-2? close",
    "decline ESC-2? spam",
    "decline ESC-2 ? spam",
    "reopen ESC-2? it is back",
    "severity p0?",
    "severity ESC-2 p0? threat",
    "severity ESC-2\uff1f p0 threat",
    "status ESC-2 monitoring?",
    "status declined? spam",
    "status ESC-2? declined spam",
    "page legal?",
    "page ESC-2 legal? they may know",
    "page ESC-2 @tom?",
    "handover ESC-2 pr? drafted",
    "ack ESC-2?",
    "ack?",
    "dup 2?",
    "done ESC-2?",
)


@pytest.mark.parametrize("text", QUESTIONS)
async def test_a_question_pages_moves_and_ends_nothing(stage: Stage, text: str) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    before = entries(stage)
    said = await stage.command("mei", text, "esc-1")
    assert "/escalate" in said
    assert "?`" not in said
    assert entries(stage) == before


async def test_a_question_in_a_text_is_text(stage: Stage) -> None:
    stage.in_channel(stage.opened())
    for text in ("note is it over?", "update ESC-1 all clear?", "page pr why was this posted?"):
        assert "ESC-1" in await stage.command("mei", text, "esc-1")
    assert len(stage.details(stage.incidents()[0].id).card.teams) > 0


async def test_lines_below_a_page_for_those_who_are_paged_are_its_text(stage: Stage) -> None:
    stage.opened(teams=("content-policy",))
    said = await stage.command("mei", "page ESC-1 pr:\nwhich line?\nPR: today?\nDeadline: noon")
    assert "PR is being paged for ESC-1" in said
