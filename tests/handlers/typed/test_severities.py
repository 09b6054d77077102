"""A severity that may be meant, or may be part of a text: no one is paged by a guess."""

import re

import pytest

from bot.domain.controls import Button, Form
from bot.domain.incidents.severity import Severity
from playground.driver import texts
from tests.handlers.stage import Stage

MEANT = (
    ("PO bomb", "P0", "bomb"),
    ("po bomb", "P0", "bomb"),
    ("pl bomb", "P1", "bomb"),
    ("\u04401 bomb", "P1", "bomb"),
    ("\u03a10 bomb", "P0", "bomb"),
    ("critcal bomb", "P0", "bomb"),
    ("Crit. bomb", "P0", "bomb"),
    ("S1 bomb", "P1", "bomb"),
    ("s0 bomb", "P0", "bomb"),
    ("L1 bomb", "P1", "bomb"),
    ("pzero bomb", "P0", "bomb"),
    ("p zero bomb", "P0", "bomb"),
    ("p-zero bomb", "P0", "bomb"),
    ("p=0 bomb", "P0", "bomb"),
    ("#p0 bomb", "P0", "bomb"),
    ("@p0 bomb", "P0", "bomb"),
    (":p0: bomb", "P0", "bomb"),
    ("sevo bomb", "P0", "bomb"),
    ("s\u00e9v\u00e9rit\u00e9 0 bomb", "P0", "bomb"),
    ("gravedad 0 bomb", "P0", "bomb"),
    ("stufe 0 bomb", "P0", "bomb"),
    ("niveau 1 bomb", "P1", "bomb"),
    ("highest bomb", "P0", "bomb"),
    ("urgent bomb", "P0", "bomb"),
    ("emergency bomb", "P0", "bomb"),
    ("blocker bomb", "P0", "bomb"),
    ("bomb threat p0", "P0", "bomb threat"),
    ("bomb threat (P0)", "P0", "bomb threat"),
    ("bomb threat, critical", "P0", "bomb threat"),
    ("bomb threat (high)", "P1", "bomb threat"),
    ("bomb threat sev 1", "P1", "bomb threat"),
    ("as p0 bomb", "P0", "bomb"),
    ("a p0 bomb", "P0", "bomb"),
    ("maybe p0 bomb", "P0", "bomb"),
    ("HIGH profile streamer is targeted", "P1", "profile streamer is targeted"),
    ("low key harassment of a teacher", "P3", "key harassment of a teacher"),
    ("low-key harassment", "P3", "key harassment"),
    ("critical mass of reports", "P0", "mass of reports"),
    ("p0? bomb", "P0", "bomb"),
    ("p0 not yet", "P0", "not yet"),
    ("p0 if legal agrees", "P0", "if legal agrees"),
)


@pytest.mark.parametrize(("text", "severity", "title"), MEANT)
async def test_a_severity_that_may_be_meant_is_offered(
    stage: Stage, text: str, severity: str, title: str
) -> None:
    outcome = await stage.person("mei").command(f"/escalate open {text}", "general")
    assert outcome.message is not None
    assert stage.incidents() == []
    rows = [block for block in outcome.message.blocks if "accessory" in block]
    assert [row["accessory"]["text"]["text"] for row in rows] == [
        f"Open as {severity}",
        "Open as P2",
    ]
    commands = re.findall(r"`/escalate (open .+?)`", texts(outcome.message))
    for command in commands[:2]:
        assert "is open as" in await stage.command("mei", command)
    [meant, otherwise] = stage.incidents()
    assert (meant.severity, meant.title) == (severity, title)
    assert otherwise.severity == Severity.P2
    assert title.split()[-1] in otherwise.title


ALONE = (
    ("critcal", ["P0", "P2"]),
    ("p4", ["P0", "P1", "P2", "P3"]),
    ("p0?", ["P0", "P2"]),
    ("p0 or p1", ["P0", "P1"]),
    ("P1 P0", ["P1", "P0"]),
)


@pytest.mark.parametrize(("text", "offered"), ALONE)
async def test_alone_it_is_offered_too_and_opens_the_form(
    stage: Stage, text: str, offered: list[str]
) -> None:
    outcome = await stage.person("mei").command(f"/escalate open {text}", "general")
    assert outcome.message is not None
    rows = [block for block in outcome.message.blocks if "accessory" in block]
    labels = [f"Open as {severity}" for severity in offered]
    assert [row["accessory"]["text"]["text"] for row in rows] == labels
    said = texts(outcome.message)
    assert f"\u201c{text}\u201d" in said
    assert f"`/escalate open {offered[0].lower()}`" in said
    await stage.answer_to_click("mei", outcome.message, Button.OPEN_AS)
    view = await stage.person("mei").until_modal(lambda view: view.callback_id == Form.OPEN)
    assert f"'value': '{offered[0]}'" in str(view.state)
    assert stage.incidents() == []


OPENED = (
    ("p0 when the bell rings: threat", None),
    ("critical: mass of reports", ("P0", "mass of reports")),
    ("*Critical* mass of reports", ("P0", "mass of reports")),
    ("critical \u2014 mass of reports", ("P0", "mass of reports")),
    ("Critical\nmass of reports", ("P0", "mass of reports")),
    ("p0: if he comes back he shoots", ("P0", "if he comes back he shoots")),
    ("p0 no answer from the police", ("P0", "no answer from the police")),
    ("medium sized wave", ("P2", "medium sized wave")),
    ("slow replies to a bomb threat", ("P2", "slow replies to a bomb threat")),
    ("bomb threat at p2p exchange", ("P2", "bomb threat at p2p exchange")),
    ("threat at house p0x", ("P2", "threat at house p0x")),
    ("a high school is threatened", ("P2", "a high school is threatened")),
    ("people post urgent pleas", ("P2", "people post urgent pleas")),
    ("p1 bomb, was p0 before", ("P1", "bomb, was p0 before")),
)


@pytest.mark.parametrize(("text", "opened"), OPENED)
async def test_what_is_clear_opens_at_once(
    stage: Stage, text: str, opened: tuple[str, str] | None
) -> None:
    await stage.command("mei", f"open {text}")
    found = [(row.severity, row.title) for row in stage.incidents()]
    assert found == ([opened] if opened else [])


REFUSED = (
    ("severity ESC-1 critical mass of reports", "severity ESC-1 p0: mass of reports"),
    ("severity ESC-1 low risk", "severity ESC-1 p3: risk"),
    ("severity ESC-1 1 child hurt", "severity ESC-1 p1: child hurt"),
    ("severity ESC-1 0 chance of harm", "severity ESC-1 p0: chance of harm"),
    ("severity ESC-1 p0 or p1", "severity ESC-1 P1"),
    ("severity ESC-1 p0/p1", "severity ESC-1 P0"),
    ("severity ESC-1 critical or high", "severity ESC-1 P0"),
    ("severity ESC-1 p0?", "severity ESC-1 p0"),
    ("severity ESC-1 critical? no", "severity ESC-1 critical: no"),
    ("severity ESC-1 p0 not yet", "severity ESC-1 p0: not yet"),
    ("severity ESC-1 p0 if legal agrees", "remind ESC-1 in 15m severity p0 if legal agrees"),
    ("severity ESC-1 p1 when legal answers", "severity ESC-1 p1: when legal answers"),
    ("severity ESC-1 p0 tomorrow", "remind ESC-1 tomorrow severity p0"),
    ("status ESC-1 monitoring?", "status ESC-1 monitoring"),
    ("status ESC-1 investigating/monitoring", "status ESC-1 investigating"),
    ("status ESC-1 investigating or monitoring", "status ESC-1 monitoring"),
    ("status ESC-1 monitoring if legal agrees", "status ESC-1 monitoring: if legal agrees"),
)


@pytest.mark.parametrize(("text", "command"), REFUSED)
async def test_a_question_a_choice_and_a_condition_change_nothing(
    stage: Stage, text: str, command: str
) -> None:
    opened = stage.opened(severity=Severity.P2)
    before = stage.details(opened.head.id)
    said = await stage.command("mei", text)
    assert f"`/escalate {command}`" in said
    assert stage.details(opened.head.id) == before
    assert "The severity was not changed" not in await stage.command("mei", command)


@pytest.mark.parametrize("text", ["p0 or p1 bomb", "p0/p1 bomb", "critical or p1 bomb"])
async def test_two_severities_are_asked(stage: Stage, text: str) -> None:
    said = await stage.command("mei", f"open {text}")
    assert "`/escalate open p0: bomb`" in said
    assert "`/escalate open p1: bomb`" in said
    assert stage.incidents() == []
    assert f"“{text.removesuffix(' bomb')}”" in said


async def test_a_bare_number_before_a_severity_is_an_escalation_and_the_answer_says_so(
    stage: Stage,
) -> None:
    stage.opened()
    said = await stage.command("mei", "severity 1 p0 weapon on the live")
    assert "ESC-1" in said
    assert "P0" in said
    assert [one.severity for one in stage.incidents()] == [Severity.P0]
