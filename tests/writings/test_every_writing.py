"""Every verb and every way to write what it takes: each cell does exactly the named thing, or
changes nothing and says why.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.policy import load
from handlers.commands.verb import Asking
from handlers.verbs import VERBS
from tests.conftest import ROOT
from tests.factories import MEI, PRIYA, SOFIA, TOM
from tests.writings.table import (
    ENDED_CHANNEL,
    HERE,
    HERE_RESOLVED,
    NAMED,
    NO_CHANNEL,
    OPEN_CHANNEL,
    OTHER,
    RESOLVED,
    Became,
    Table,
)
from tests.writings.ways import (
    NO_REFERENCES,
    NO_SEVERITIES,
    PLAIN,
    WAYS,
    pairs,
    put,
    references,
    severities,
)

POLICY = load(ROOT / "escalation.toml")
TEXT = "they *called* about `x` &amp; <http://a.example|a.example>, see ESC-6"
TYPED = "they *called* about `x` & a.example, see ESC-6"


@dataclass(frozen=True)
class Deed:
    """A command about one escalation: what it says there, whose it is, where it is typed."""

    command: str
    kind: EntryKind | None
    said: Any = None
    who: str = MEI
    number: int = NAMED
    too: frozenset[int] = frozenset()
    """What else it is written on."""

    @property
    def places(self) -> tuple[str, ...]:
        return (OPEN_CHANNEL if self.number == NAMED else ENDED_CHANNEL, NO_CHANNEL)


DEEDS = (
    Deed("show {}", None),
    Deed("ack {}", EntryKind.ACKNOWLEDGED, who=PRIYA),
    Deed("page {} pr " + TEXT, EntryKind.PAGED),
    Deed("handover {} pr " + TEXT, EntryKind.HANDED_OVER, ("summary", TYPED)),
    Deed("status {} monitoring " + TEXT, EntryKind.STATE, ("note", TYPED)),
    Deed("update {} " + TEXT, EntryKind.UPDATE, ("text", TYPED)),
    Deed("note {} " + TEXT, EntryKind.NOTE, ("text", TYPED)),
    Deed("severity {} p0 " + TEXT, EntryKind.SEVERITY, ("reason", TYPED)),
    Deed("assign {} <@U0TOM|tom>", EntryKind.OWNER, ("to", TOM)),
    Deed("task {} me read it by tomorrow 10:00", EntryKind.TASK, ("text", "read it")),
    Deed("done {}", EntryKind.TASK_DONE),
    Deed("remind {} in 2h " + TEXT, EntryKind.REMINDER, ("text", TYPED)),
    Deed("resolve {} " + TEXT, None),
    Deed("decline {} " + TEXT, EntryKind.STATE, ("note", TYPED)),
    Deed("duplicate {} of ESC-6", EntryKind.DUPLICATE, ("of", "ESC-6"), too=frozenset({OTHER})),
    Deed("close {}", EntryKind.STATE, ("to", "reviewed"), number=RESOLVED),
    Deed("reopen {} " + TEXT, EntryKind.REOPENED, ("reason", TYPED), number=RESOLVED),
)
BEFORE = ("{} show", "{} ack", "{} note x", "{} decline x", "{} page pr", "{}")


ASKING = {verb.name for verb in VERBS if verb.asking is not Asking.TEXT}


AMONG_DEEDS = len(references(NAMED))
"""Each deed meets every reference and every way once at least; all deeds together, every pair."""


def is_question(text: str) -> bool:
    """`decline ESC-5? spam` asks; `note ESC-5? spam` does not."""
    return "?" in text.removesuffix(TEXT) and text.split()[0] in ASKING


def did(deed: Deed, became: Became, text: str = "") -> bool:
    """It was done to the one that is named, and to no other; a question was refused."""
    if is_question(text):
        return became.refused
    if deed.kind is None:
        shown = became.text + str(became.form)
        return became.nothing and f"ESC-{deed.number}" in shown and f"ESC-{HERE}" not in shown
    if became.touched != {deed.number} | deed.too:
        return False
    found = [entry.data for entry in became.entries if entry.kind is deed.kind]
    found += [{"text": one.text} for one in became.reminders if deed.kind is EntryKind.REMINDER]
    key, value = deed.said or ("", None)
    return any(not key or data.get(key) == value for data in found)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.command.split()[0])
async def test_the_escalation_that_is_named_and_no_other(table: Table, deed: Deed) -> None:
    for written in put(references(deed.number), every=AMONG_DEEDS, first=DEEDS.index(deed)):
        text = deed.command.format(written)
        became = await table.say(deed.who, text, deed.places[0])
        table.check(did(deed, became, text), text, became)


@pytest.mark.parametrize("command", BEFORE)
async def test_a_reference_before_the_verb(table: Table, command: str) -> None:
    for written in put(references(NAMED), every=len(BEFORE), first=BEFORE.index(command)):
        text = command.format(written)
        became = await table.say(PRIYA, text, OPEN_CHANNEL)
        named = f"ESC-{NAMED}" in became.text and f"ESC-{HERE}" not in became.text
        table.check(named and became.touched <= {NAMED}, text, became)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.command.split()[0])
async def test_an_escalations_channel(table: Table, deed: Deed) -> None:
    for way in WAYS:
        text = deed.command.format(way.format("<#C0NAMED|esc-5>"))
        became = await table.say(deed.who, text, deed.places[0])
        # ESC-5 is open: it can't be closed or reopened, and the one stood in must not be.
        done = did(deed, became, text) if deed.number == NAMED else became.refused
        table.check(done, text, became)
    for written in put(["<#C0GENERAL|general>"], every=4, first=DEEDS.index(deed)):
        text = deed.command.format(written)
        became = await table.say(deed.who, text)
        table.check(became.refused, text, became)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.command.split()[0])
async def test_what_looks_like_a_reference_and_was_not_taken(table: Table, deed: Deed) -> None:
    for written, place in pairs(NO_REFERENCES, deed.places, every=2, first=DEEDS.index(deed)):
        text = deed.command.format(written)
        became = await table.say(deed.who, text, place)
        table.check(became.refused, text, became)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.command.split()[0])
async def test_a_number_alone(table: Table, deed: Deed) -> None:
    """It is a reference where one is expected and it is there, else text or refused."""
    standing_in = HERE if deed.number == NAMED else HERE_RESOLVED
    for number in (str(deed.number), f"*{deed.number}*", f"({deed.number})", "999"):
        for place in deed.places:
            text = deed.command.format(number)
            became = await table.say(deed.who, text, place)
            here = {standing_in} if place != NO_CHANNEL else set()
            takes_text = text.split()[0] in ("update", "note")
            holds = did(deed, became) and number != "999"
            if takes_text and here:
                holds = became.touched == here and became.entries[0].data["text"].startswith(number)
            table.check(holds or became.refused, text, became)


JOINED = ("\u2014", "-", ": ", " - ", ", ")


@pytest.mark.parametrize("severity", Severity)
async def test_a_severity(table: Table, severity: Severity) -> None:
    name = POLICY.severities[severity].name
    writings = severities(severity.rank, name)

    def is_doubtful(written: str) -> bool:
        """A name is a common word: it counts where it is set off. A question is none."""
        return (name in written.title() and "everity" not in written) or "?" in written

    for written in put(writings, every=8, first=2 * severity.rank):
        became = await table.say(MEI, f"open {written} {TEXT}")
        opened = [(row.severity, row.title) for row in became.opened]
        doubtful = is_doubtful(written)
        table.check(
            opened == [(severity, TYPED)] or (doubtful and _kept(became, name)), written, became
        )
    for written in put(writings, every=8, first=2 * severity.rank + 1):
        became = await table.say(MEI, f"severity ESC-5 {written} {TEXT}", OPEN_CHANNEL)
        changed = [entry.data["to"] for entry in became.entries if entry.kind == "severity"]
        same = severity is Severity.P1 and became.refused
        refused = is_doubtful(written) and became.refused
        table.check(same or refused or changed == [severity], written, became)
        table.check(became.touched <= {NAMED}, written, became)
    for written, joined in pairs(writings, JOINED, every=2, first=severity.rank):
        text = f"open {written}{joined}child"
        became = await table.say(MEI, text)
        opened = [(row.severity, row.title) for row in became.opened]
        hyphenated = name in written.title() and joined == "-"
        exactly = opened == [(severity, "child")]
        table.check(exactly or (hyphenated and _kept(became, name)), text, became)


def _kept(became: Became, name: str) -> bool:
    """It is asked what was meant; where that makes no difference, the title keeps its words."""
    kept = [
        row.severity is Severity.P2 and row.title.endswith(("ESC-6", "child"))
        for row in became.opened
    ]
    return became.refused or (name == "Medium" and all(kept))


async def test_what_looks_like_a_severity_and_is_none(table: Table) -> None:
    for written in put(NO_SEVERITIES):
        for text in (f"open {written} {TEXT}", f"severity ESC-5 {written} {TEXT}"):
            became = await table.say(MEI, text, OPEN_CHANNEL)
            table.check(became.refused, text, became)


def _names() -> Iterator[tuple[str, str]]:
    for team in POLICY.teams.values():
        for name in dict.fromkeys((team.key, team.name, *team.aliases)):
            yield team.key, name


async def test_a_team(table: Table) -> None:
    for number, (key, name) in enumerate(_names()):
        for written in put([name], every=8, first=number):
            text = f"page ESC-5 {written} {TEXT}"
            became = await table.say(MEI, text, OPEN_CHANNEL)
            paged = [(run.team_key, run.why) for run in became.runs]
            exactly = became.touched == {NAMED} and paged == [(key, TYPED)]
            asked = [e.data["why"] for e in became.entries if e.kind is EntryKind.ASKED_AGAIN]
            again = (key, became.touched, paged, asked) == (
                "legal",
                frozenset({NAMED}),
                [],
                [TYPED],
            )
            refused = is_question(text) and became.refused
            table.check(exactly or again or refused, text, became)
        text = f"handover ESC-5 {name.upper()}: {TEXT}"
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {NAMED}, text, became)
        for text in (f"page legl {name}", f"page ESC-5 {name}x {TEXT}"):
            became = await table.say(MEI, text, OPEN_CHANNEL)
            table.check(became.refused, text, became)


async def test_several_teams(table: Table) -> None:
    for joined in (", ", ",", " and ", " &amp; ", "&amp;", " + ", "/", "; ", ", and "):
        for way in PLAIN:
            text = f"page ESC-5 {way.format('pr')}{joined}{way.format('Public Policy')}: {TEXT}"
            became = await table.say(MEI, text, OPEN_CHANNEL)
            paged = {run.team_key for run in became.runs}
            table.check(paged == {"pr", "public-policy"}, text, became)
            table.check({run.why for run in became.runs} == {TYPED}, text, became)


PEOPLE = (("<@U0TOM|tom>", TOM), ("<@U0TOM>", TOM), ("me", MEI), ("@me", MEI), ("Myself", MEI))
NOBODY = ("<@U0GUS|gus>", "<@U0GONE|gone>", "<@U0NOBODY>", "@ghost", "<!subteam^S0LEADS|@leads>")


ABOUT_PEOPLE = (
    "assign ESC-5 {}",
    "page ESC-5 {} " + TEXT,
    "task ESC-5 {} read it by tomorrow 10:00",
    "handover ESC-5 {} " + TEXT,
)


async def test_a_person(table: Table) -> None:
    """Every way with every person, and each of them with every command."""
    for number, (written, user) in enumerate(PEOPLE):
        for put_so, command in pairs(WAYS, ABOUT_PEOPLE[:3], every=3, first=number):
            text = command.format(put_so.format(written))
            became = await table.say(MEI, text, OPEN_CHANNEL)
            given = [run.team_key.removeprefix("person:") for run in became.runs]
            given += [task.assignee for task in became.tasks]
            given += [str(e.data["to"]) for e in became.entries if e.kind == EntryKind.OWNER]
            done = became.touched == {NAMED} and user in given
            table.check(done or (is_question(text) and became.refused), text, became)


async def test_nobody_of_ours(table: Table) -> None:
    for number, written in enumerate(NOBODY):
        for put_so, command in pairs(WAYS, ABOUT_PEOPLE, every=4, first=number):
            text = command.format(put_so.format(written))
            became = await table.say(MEI, text, OPEN_CHANNEL)
            table.check(became.refused, text, became)


TIMES = (
    "in 2h",
    "2h",
    "tomorrow 9:00",
    "fri 14:30",
    "9am",
    "at 17:30",
    "2026-12-01 09:00",
    "tomorrow eod",
)


async def test_a_time(table: Table) -> None:
    """Whatever stands around it, it is the same time or none."""
    for number, written in enumerate(TIMES):
        wanted = await table.say(MEI, f"remind ESC-5 {written} {TEXT}", OPEN_CHANNEL)
        assert [row.text for row in wanted.reminders] == [TYPED], written
        at = wanted.reminders[0].due_at
        for put_so in put([written], every=2, first=number):
            text = f"remind ESC-5 {put_so} {TEXT}"
            became = await table.say(MEI, text, OPEN_CHANNEL)
            exactly = [(row.due_at, row.text) for row in became.reminders] == [(at, TYPED)]
            table.check(exactly or became.refused, text, became)
        for put_so in put([written], every=2, first=number + 1):
            text = f"task ESC-5 <@U0SOFIA|sofia> {TEXT} by {put_so}"
            became = await table.say(MEI, text, OPEN_CHANNEL)
            given = [(row.assignee, row.due_at, row.text) for row in became.tasks]
            table.check(given == [(SOFIA, at, TYPED)] or became.refused, text, became)


def test_all_deeds_together_meet_every_writing_in_every_way() -> None:
    met = [{*put(references(NAMED), every=AMONG_DEEDS, first=place)} for place in range(len(DEEDS))]
    assert set().union(*met) == {*put(references(NAMED))}
    assert all(len(of_one) >= len(WAYS) for of_one in met)
