"""A question changes nothing. The commands that it may mean are offered."""

import re

import pytest

from tests.factories import MEI
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Table

OFFERED = re.compile(r"`/escalate ([^`]*)`")
IN_CHANNEL = (
    ("severity p0? it spreads", ["severity ESC-7 p0: it spreads", "show ESC-7"]),
    ("severity p0 it spreads?", ["severity ESC-7 p0: it spreads", "show ESC-7"]),
    ("severity? p0 it spreads", ["severity ESC-7 p0: it spreads", "show ESC-7"]),
    ("severity ESC-5 p0?", ["severity ESC-5 p0", "show ESC-5"]),
    ("severity 5 p0 it spreads?", ["severity 5 p0: it spreads", "show ESC-7"]),
    ("status monitoring? calm", ["status ESC-7 monitoring: calm", "show ESC-7"]),
    ("status monitoring calm?", ["status ESC-7 monitoring calm", "show ESC-7"]),
    ("status ? monitoring calm", ["status ESC-7 monitoring calm", "show ESC-7"]),
    ("status?", ["status ESC-7", "show ESC-7"]),
    ("page legal? urgent", ["page ESC-7 legal: urgent", "show ESC-7"]),
    ("page? legal urgent", ["page ESC-7 legal urgent", "show ESC-7"]),
    ("page ESC-5? legal", ["page ESC-5: legal", "show ESC-5"]),
    ("handover pr?", ["handover ESC-7 pr &lt;summary&gt;", "show ESC-7"]),
    ("handover ESC-5?", ["handover ESC-5", "show ESC-5"]),
    ("decline ESC-5? spam", ["decline ESC-5: spam", "show ESC-5"]),
    ("decline ESC-5 spam?", ["decline ESC-5 spam", "show ESC-5"]),
    ("decline?", ["decline ESC-7 &lt;reason&gt;", "show ESC-7"]),
    ("close ESC-5?", ["close ESC-5", "show ESC-5"]),
    ("digest? ESC-5", ["digest"]),
    ("digest? leadership", ["digest leadership"]),
)
ELSEWHERE = (
    ("severity p0? it spreads", ["severity ESC-n p0: it spreads", "show ESC-n"]),
    ("ack?", ["ack ESC-n", "show ESC-n"]),
    ("ack ESC-5?", ["ack ESC-5", "show ESC-5"]),
    ("digest?", ["digest"]),
)


@pytest.mark.parametrize(
    ("channel", "asked"),
    [(OPEN_CHANNEL, IN_CHANNEL), (NO_CHANNEL, ELSEWHERE)],
    ids=["in the channel", "elsewhere"],
)
async def test_a_question_is_offered_as_a_command(
    table: Table, channel: str, asked: tuple[tuple[str, list[str]], ...]
) -> None:
    for text, commands in asked:
        became = await table.say(MEI, text, channel)
        offered = list(dict.fromkeys(OFFERED.findall(became.text)))
        table.check(became.refused and offered == commands, text, became)


async def test_a_question_may_be_the_text(table: Table) -> None:
    for text in ("page legal who knows?", "handover pr who knows?", "note who knows?"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(bool(became.touched), text, became)
