"""What is needed of those who are paged: read line by line, of one team or of all."""

import pytest

from bot.domain.ids import TeamKey
from bot.domain.incidents.needs import Need, needed_of, needs_in, written

LEGAL, PR, POLICY = TeamKey("legal"), TeamKey("pr"), TeamKey("public-policy")
NAMES = {
    "legal": LEGAL,
    "counsel": LEGAL,
    "pr": PR,
    "public policy": POLICY,
    "public-policy": POLICY,
}
AS_TYPED = (
    "We pay 5 - 10 people",
    "school \u2013 10 pupils",
    "all 3 \u2014 4",
    "1 + 2 and 2 * 3",
    "a \u2022 b \u2023 c \u25e6 d",
    "legal - may we",
    "_it_ *b* `c`",
    "-5 degrees",
)


@pytest.mark.parametrize(
    ("line", "teams", "text"),
    [
        ("Stay reachable until 18:00", (), "Stay reachable until 18:00"),
        ("Legal: may we suspend him today?", (LEGAL,), "may we suspend him today?"),
        ("- *Counsel*: may we?", (LEGAL,), "may we?"),
        ("@legal, PR and public_policy: agree on a line", (LEGAL, PR, POLICY), "agree on a line"),
        ("Legal & PR： a line", (LEGAL, PR), "a line"),
        ("Legal team: may we?", (LEGAL,), "may we?"),
        ("@Legal team: may we?", (LEGAL,), "may we?"),
        ("The legal team: may we?", (LEGAL,), "may we?"),
        ("LEGAL (Priya): may we?", (LEGAL,), "may we?"),
        ("Legal (Priya, Tom) and PR [Sofia]: a line", (LEGAL, PR), "a line"),
        ("Legal (PR): a line", (LEGAL, PR), "a line"),
        ("Legal and PR teams: a line", (LEGAL, PR), "a line"),
        ("Hi Legal: may we?", (LEGAL,), "may we?"),
        ("Hi, Legal: may we?", (LEGAL,), "may we?"),
        ("Hello @legal team: may we?", (LEGAL,), "may we?"),
        ("Dear Legal: may we?", (LEGAL,), "may we?"),
        ("For Legal: may we?", (LEGAL,), "may we?"),
        ("To the Public Policy team: who speaks?", (POLICY,), "who speaks?"),
        ("Hi: the clips are back", (), "Hi: the clips are back"),
        ("The team: is complete", (), "The team: is complete"),
        ("Hi all: stay reachable", (), "Hi all: stay reachable"),
        ("Deadline (hard): 17:00", (), "Deadline (hard): 17:00"),
        ("Deadline: 17:00", (), "Deadline: 17:00"),
        ("https://case.example/1", (), "https://case.example/1"),
        ("Ask legal: may we?", (), "Ask legal: may we?"),
        ("12:00 is the deadline", (), "12:00 is the deadline"),
        ("Legal:may we suspend him?", (LEGAL,), "may we suspend him?"),
        ("Legal,PR:agree on a line", (LEGAL, PR), "agree on a line"),
        ("PR:s statement is drafted", (), "PR:s statement is drafted"),
        ("Legal://case.example/1", (), "Legal://case.example/1"),
        ("2) Legal: may we?", (LEGAL,), "may we?"),
        ("3. Legal: may we?", (LEGAL,), "may we?"),
        ("\u26a0\ufe0f Legal: may we?", (LEGAL,), "may we?"),
        (":warning: Legal: may we?", (LEGAL,), "may we?"),
        ("10:30 Legal: may we?", (), "10:30 Legal: may we?"),
        ("\u2022 Answer by noon", (), "Answer by noon"),
        ("- Answer by noon", (), "Answer by noon"),
        *((line, (), line) for line in AS_TYPED),
        ("Police: informed, here in 5 min", (), "Police: informed, here in 5 min"),
        ("All: Leagl: is how he spells it", (), "Leagl: is how he spells it"),
        ("Everyone: stay reachable", (), "stay reachable"),
    ],
)
def test_a_line_that_begins_with_a_team_is_for_that_team(
    line: str, teams: tuple[TeamKey, ...], text: str
) -> None:
    read = needs_in(line, NAMES)
    assert read.needs == (Need(text, teams),)
    assert read.unclear is None


@pytest.mark.parametrize(
    ("line", "unclear", "meant"),
    [
        ("Leagl: may we?", "Leagl", "legal"),
        ("Leagl:may we?", "Leagl", "legal"),
        ("Lgl: may we?", "Lgl", "legal"),
        ("Lgal team: may we?", "Lgal team", "legal"),
        ("Dear Leagl: may we?", "Dear Leagl", "legal"),
        ("Legal team and Sales: may we?", "Sales", None),
        ("Legal, Sales: may we?", "Sales", None),
        ("Legal and Marketing: may we?", "Marketing", None),
        ("All, Legal: may we?", "All", None),
    ],
)
def test_a_mistyped_team_is_told_and_never_read_as_text_for_all(
    line: str, unclear: str, meant: str | None
) -> None:
    read = needs_in(line, NAMES)
    assert read.unclear is not None
    assert (read.unclear.said, read.unclear.meant) == (unclear, meant)


def test_a_team_reads_what_is_for_all_and_what_is_for_it_as_it_was_written() -> None:
    text = "Answer here by 17:00\n\nLegal: may we?\nPR: a line\nThank you  "
    needs = needs_in(text, NAMES).needs
    assert needed_of(needs, ["legal"]) == "Answer here by 17:00\nmay we?\nThank you"
    assert needed_of(needs, ["pr"]) == "Answer here by 17:00\na line\nThank you"
    assert needed_of(needs, ["person:U0TOM"]) == "Answer here by 17:00\nThank you"
    assert needed_of((), ["legal"]) == ""


def test_they_are_kept_as_they_were() -> None:
    needs = needs_in("all of you\nLegal, PR: a line", NAMES).needs
    assert tuple(Need.from_json(need.to_json()) for need in needs) == needs


def test_a_team_without_words_asks_for_nothing() -> None:
    assert needs_in("Legal:\nLegal:   \n \u200b", NAMES).needs == ()


def test_lines_below_a_team_are_for_that_team_up_to_an_empty_line() -> None:
    text = "*Legal:*\nmay we give the address?\nand when?\nPR, Public Policy:\nwho speaks?\n\nHurry"
    assert needs_in(text, NAMES).needs == (
        Need("may we give the address?", (LEGAL,)),
        Need("and when?", (LEGAL,)),
        Need("who speaks?", (PR, POLICY)),
        Need("Hurry"),
    )
    assert needs_in("Legal:\nmay we?\nPR: a line\nHurry", NAMES).needs == (
        Need("may we?", (LEGAL,)),
        Need("a line", (PR,)),
        Need("Hurry"),
    )


def test_of_two_teams_the_nearest_is_meant() -> None:
    names = {"moderation": TeamKey("moderation"), "operations": TeamKey("operations")}
    read = needs_in("operation: how many?", names)
    assert read.unclear is not None
    assert read.unclear.meant == "operations"


FORM_NAMES = {"legal": LEGAL, "Legal and risk": LEGAL, "pr": PR, "Press": PR}
SHOWN = {LEGAL: "Legal and risk", PR: "Press"}


@pytest.mark.parametrize(
    "needs",
    [
        (),
        (Need("Answer by 17:00"),),
        (Need("Legal: is written on it"),),
        (Need("Leagl: is written on it"),),
        (Need("may we?", (LEGAL,)), Need("who speaks?", (PR,)), Need("look at it")),
        (Need("may we?", (LEGAL, PR)),),
        (Need("All: of them"),),
    ],
)
def test_the_form_shows_what_is_read_as_the_same(needs: tuple[Need, ...]) -> None:
    assert needs_in(written(needs, FORM_NAMES, SHOWN), FORM_NAMES).needs == needs
