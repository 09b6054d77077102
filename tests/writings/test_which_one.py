"""Which escalation a number, a question or a second reference means: what is unclear is asked."""

from collections.abc import Iterator

import pytest

from tests.factories import MEI
from tests.writings.table import HERE, NAMED, NO_CHANNEL, OPEN_CHANNEL, Table


async def test_the_first_of_a_list_is_no_reference(table: Table) -> None:
    for form in ("{} 1. {}", "{} 1) {}", "{} (1) {}", "{}\n1. {}"):
        for verb, said, shown in (
            ("page", "legal they want it", "legal they want it"),
            ("handover", "pr drafted", "pr drafted"),
            ("assign", "<@U0TOM|tom>", "@tom"),
            ("status", "monitoring", "monitoring"),
        ):
            text = form.format(verb, said)
            became = await table.say(MEI, text, OPEN_CHANNEL)
            table.check(became.refused, text, became)
            if form == "{} (1) {}":
                continue
            for of in ("ESC-1", f"ESC-{HERE}"):
                table.check(f"`/escalate {verb} {of} {shown}`" in became.text, text, became)
    for text in ("assign 1 <@U0TOM|tom>", "assign ESC-1. <@U0TOM|tom>"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {1}, text, became)


async def test_a_reference_before_a_verb_that_is_about_no_escalation_is_refused(
    table: Table,
) -> None:
    became = await table.say(MEI, "ESC-5 list mine", OPEN_CHANNEL)
    for command in ("list mine", "show ESC-5"):
        table.check(became.refused and f"`/escalate {command}`" in became.text, command, became)


DUPLICATES = (
    ("dup 5?", "duplicate ESC-7 of ESC-5"),
    ("dup ESC-5?", "duplicate ESC-7 of ESC-5"),
    ("dup 5 of 6?", "duplicate ESC-5 of ESC-6"),
    ("dup 5 6 ?", "duplicate ESC-5 of ESC-6"),
    ("ESC-5 dup 6?", "duplicate ESC-5 of ESC-6"),
    ("dup?", "duplicate ESC-7 of ESC-m"),
)


async def test_a_question_about_a_duplicate_names_both(table: Table) -> None:
    for text, command in DUPLICATES:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and f"`/escalate {command}`" in became.text, text, became)
    became = await table.say(MEI, "dup 5?", NO_CHANNEL)
    table.check("`/escalate duplicate ESC-n of ESC-5`" in became.text, "dup 5?", became)


async def test_a_question_offers_no_command_that_is_about_all(table: Table) -> None:
    for text in ("ack?", "ack ?", "take?", "done?", "close?"):
        became = await table.say(MEI, text, NO_CHANNEL)
        verb = {"take?": "ack"}.get(text, text.strip(" ?"))
        table.check(f"`/escalate {verb}`" not in became.text, text, became)
        table.check(f"`/escalate {verb} ESC-n`" in became.text, text, became)


@pytest.fixture
def split(table: Table) -> Iterator[Table]:
    """There is an ESC-54 for a while."""
    table.renumber(4, 54)
    yield table
    table.renumber(54, 4)


async def test_a_colon_behind_a_reference_ends_it(split: Table) -> None:
    """`ESC-5 4` may be ESC-54 with a space in it; `ESC-5: 4` is ESC-5."""
    for verb in ("note", "update"):
        became = await split.say(MEI, f"{verb} ESC-5 4 call them", OPEN_CHANNEL)
        command = f"`/escalate {verb} ESC-5: 4 call them`"
        split.check(became.refused and command in became.text, verb, became)
        for text in (f"{verb} ESC-5: 4 call them", f"{verb} ESC-5 : 4 call them"):
            became = await split.say(MEI, text, OPEN_CHANNEL)
            split.check(NAMED in became.touched, text, became)


@pytest.fixture
def joined(table: Table) -> Iterator[Table]:
    """There is an ESC-56 beside ESC-5 and ESC-6 for a while."""
    table.renumber(4, 56)
    yield table
    table.renumber(56, 4)


async def test_a_number_behind_a_comma_is_no_digit_of_the_first(joined: Table) -> None:
    for sign in (", ", "; ", " / ", " &amp; ", " and "):
        for verb, text in (("decline", " spam"), ("close", ""), ("note", " call them")):
            said = f"{verb} ESC-5{sign}6{text}"
            became = await joined.say(MEI, said, OPEN_CHANNEL)
            joined.check(became.refused and "ESC-56" not in became.text, said, became)
            for number in (5, 6):
                command = f"`/escalate {verb} ESC-{number}{text}`"
                joined.check(command in became.text, f"{said}: {command}", became)
    for said in ("close 5, 6", "close 5 6", "close ESC-5 6", "decline ESC-5 6 spam"):
        became = await joined.say(MEI, said, OPEN_CHANNEL)
        joined.check(became.refused, said, became)
        for number in (5, 6):
            command = f"/escalate {said.split()[0]} ESC-{number}"
            joined.check(command in became.text, f"{said}: {command}", became)


TWICE = (
    ("edit title X, ESC-6 title Y", "edit ESC-7 title X", "edit ESC-6 title Y"),
    ("edit ESC-5 title X; ESC-6 title Y", "edit ESC-5 title X", "edit ESC-6 title Y"),
    ("edit title X and #6 category scams", "edit ESC-7 title X", "edit ESC-6 category scams"),
    ("edit title X &amp; ESC-6 restricted", "edit ESC-7 title X", "edit ESC-6 restricted"),
)


async def test_a_second_correction_is_no_part_of_the_first(table: Table) -> None:
    for text, *commands in TWICE:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        for command in commands:
            table.check(became.refused and f"`/escalate {command}`" in became.text, text, became)
    for text in (
        "edit title: X, ESC-6 title Y",
        "edit title Copy of ESC-6 title page",
        "edit title X and ESC-6",
        "edit title X, category Y",
    ):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {HERE}, text, became)
