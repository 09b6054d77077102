"""A mistyped verb leads to the commands that the right one would: it names no other escalation."""

import re

import pytest

from tests.factories import MEI
from tests.writings.table import HERE, NO_CHANNEL, OPEN_CHANNEL, Table

TYPOS = {
    "update": "upadte",
    "note": "nte",
    "decline": "declin",
    "reopen": "repoen",
    "page": "pge",
    "assign": "assing",
    "status": "stauts",
    "severity": "sevrity",
    "handover": "hadnover",
    "close": "clsoe",
}
REFUSED = (
    *(f"{verb} {of}" for verb in ("update", "note") for of in ("5: all good", "(5): all good")),
    *(f"{verb} {of}" for verb in ("decline", "reopen") for of in ("5 spam", "5: spam", "(5) spam")),
    *("update ECS-5 all good", "note case 5 all good", "update 5, 6: all good"),
    *("page legal 5: may we", "handover legal 5 drafted", "page legal for ESC-5: may we"),
    *("status monitoring 5: all good", "severity p0 ESC-5: a threat", "assign <@U0TOM|tom> for 5"),
    "page public policy 5: may we",
)


def offered(text: str) -> set[str]:
    return {found for found in re.findall(r"`/escalate (.+?)`", text) if "help" not in found}


@pytest.mark.parametrize("channel", [OPEN_CHANNEL, NO_CHANNEL])
async def test_what_the_right_verb_refuses_is_offered_alike(table: Table, channel: str) -> None:
    for right in REFUSED:
        verb, _, words = right.partition(" ")
        asked = await table.say(MEI, right, channel)
        table.check(asked.refused, right, asked)
        of = {one.split()[1] for one in offered(asked.text)}
        for typed in (f"{TYPOS[verb]} {words}", f"please {right}"):
            became = await table.say(MEI, typed, channel)
            table.check(became.refused, typed, became)
            got = {one.split()[1] for one in offered(became.text) if one.startswith(verb)}
            table.check("ESC-5" in got and (got - {"ESC-n"}) <= of | {"ESC-5"}, typed, became)


NAMED = (
    ("hand over 5 to legal: drafted", "handover ESC-5 legal: drafted"),
    ("hand off 5 legal", "handover ESC-5 legal <summary>"),
    ("ping 5 legal may we", "page ESC-5 legal may we"),
    ("reassign 5 to @tom", "assign ESC-5 @tom"),
)
"""A number in front of names is an escalation's."""


async def test_a_number_in_front_of_a_name_is_the_escalation(table: Table) -> None:
    for typed, command in NAMED:
        became = await table.say(MEI, typed, OPEN_CHANNEL)
        shown = command.replace("<", "&lt;").replace(">", "&gt;")
        table.check(became.refused and f"`/escalate {shown}`" in became.text, typed, became)
        table.check(f"ESC-{HERE}" not in became.text, typed, became)


async def test_of_a_number_that_may_be_text_both_readings_are_offered(table: Table) -> None:
    for verb in ("update", "note"):
        typed = f"{TYPOS[verb]} 5 all good"
        became = await table.say(MEI, typed, OPEN_CHANNEL)
        both = {f"{verb} ESC-5 all good", f"{verb} ESC-{HERE} 5 all good"}
        table.check(became.refused and offered(became.text) == both, typed, became)
        typed = f"{TYPOS[verb]} 5 accounts are gone"
        became = await table.say(MEI, typed, OPEN_CHANNEL)
        text = {f"{verb} ESC-{HERE} 5 accounts are gone"}
        table.check(became.refused and offered(became.text) == text, typed, became)
