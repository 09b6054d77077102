"""What is none of its kind gets the nearest as a command to copy, or a list of all there are."""

import pytest

from bot.domain.incidents.lifecycle import STATE_WORDS
from bot.policy import Policy
from handlers.typed.states import NEAREST
from tests.factories import MEI
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Table

NEAR = (
    ("page priya", "page ESC-7 @priya"),
    ("page Priya they want it", "page ESC-7 @priya they want it"),
    ("page ESC-5 priya, legal", "page ESC-5 @priya, legal"),
    ("handover priya drafted", "handover ESC-7 @priya drafted"),
    ("assign priya", "assign ESC-7 @priya"),
    ("assign priya please", "assign ESC-7 @priya"),
    ("task priya draft it by 17:00", "task ESC-7 @priya draft it by 17:00"),
    ("page leagl they want it", "page ESC-7 legal they want it"),
    ("handover leagl drafted", "handover ESC-7 legal drafted"),
    ("page child", "page ESC-7 child-safety"),
    ("page operation", "page ESC-7 operations"),
    ("status done", "resolve ESC-7"),
    ("status fixed the filter is on", "resolve ESC-7 the filter is on"),
    ("status ESC-5 done", "resolve ESC-5"),
    ("status investigation", "status ESC-7 investigating"),
    ("status investgating the logs", "status ESC-7 investigating the logs"),
    ("status to monitoring calm", "status ESC-7 monitoring calm"),
    ("status ESC-5 into triaged", "status ESC-5 triaged"),
    ("status in progress", "status ESC-7 investigating"),
    ("status pending", "status ESC-7 action-pending"),
    ("status rejected", "decline ESC-7 <reason>"),
    ("status open", "reopen ESC-7 <reason>"),
    ("status dup", "duplicate ESC-7 of ESC-m"),
)


async def test_the_nearest_is_a_command_to_copy(table: Table) -> None:
    for text, command in NEAR:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        shown = command.replace("<", "&lt;").replace(">", "&gt;")
        table.check(became.refused and f"`/escalate {shown}`" in became.text, text, became)


PERHAPS_A_REPORT = (
    ("status fixed the filter is on for all those accounts", True),
    ("status looking into it", False),
    ("status investgating the logs of all those accounts", False),
    ("status awaiting decison from the people at legal", False),
)


async def test_words_of_a_state_and_a_sentence_may_be_a_report(table: Table) -> None:
    for text, is_offered in PERHAPS_A_REPORT:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(("Open this" in became.text) is is_offered, text, became)


FAR = ("page no one", "page nobody", "page xyzzy now", "handover no one drafted", "page tim")


async def test_what_is_near_nothing_names_where_teams_are_listed(table: Table) -> None:
    for text in FAR:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and "Did you mean" not in became.text, text, became)
        listed = "`/escalate oncall` lists the teams. To name a person, type @" in became.text
        table.check(listed, text, became)
    for text in ("oncall priya", "list team priya", "oncall no one"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check("Did you mean" not in became.text, text, became)
        table.check("`/escalate oncall` lists the teams" in became.text, text, became)


async def test_a_name_of_the_policy_is_near_no_team(policy: Policy) -> None:
    for name in policy.people:
        with pytest.raises(Exception, match="NotFound") as refused:
            policy.team(name)
        assert getattr(refused.value, "nearest", None) == ()


@pytest.mark.parametrize("said", NEAREST)
async def test_each_word_for_a_state_is_offered_and_moves_nothing(table: Table, said: str) -> None:
    became = await table.say(MEI, f"status ESC-5 {said}", NO_CHANNEL)
    if said in STATE_WORDS:
        return
    table.check(became.refused and "`/escalate " in became.text, said, became)
    table.check("ESC-5" in became.text, said, became)


async def test_what_is_no_category_or_digest_gets_all_that_there_are(
    table: Table, policy: Policy
) -> None:
    for text, known in (
        ("edit ESC-5 category xyzzy", policy.categories),
        ("digest xyzzy", [rule.key for rule in policy.digests]),
    ):
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(all(f"`{key}`" in became.text for key in known), text, became)
        table.check("Did you mean" not in became.text, text, became)


BEHIND = (
    ("assign <@U0TOM|tom> 5", "assign ESC-5 @tom"),
    ("assign <@U0TOM|tom> ESC-5", "assign ESC-5 @tom"),
    ("assign me for ESC-5", "assign ESC-5 me"),
    ("page legal on ESC-5", "page ESC-5 legal"),
    ("page legal 5", "page ESC-5 legal"),
    ("page legal ESC-5 they want it", "page ESC-5 legal they want it"),
    ("handover pr ESC-5 drafted", "handover ESC-5 pr drafted"),
    ("task me ESC-5 draft it by 17:00", "task ESC-5 me draft it by 17:00"),
    ("status monitoring ESC-5", "status ESC-5 monitoring"),
    ("severity p0 ESC-5", "severity ESC-5 p0"),
)


async def test_a_reference_behind_is_put_in_its_place(table: Table) -> None:
    """In an escalation's channel it may be that one too; elsewhere there is no other."""
    for text, command in BEHIND:
        for place, also in ((OPEN_CHANNEL, True), (NO_CHANNEL, False)):
            became = await table.say(MEI, text, place)
            table.check(became.refused and f"`/escalate {command}`" in became.text, text, became)
            table.check(("ESC-7" in became.text) is also, text, became)
            table.check("Open this" not in became.text, text, became)
            table.check("ESC-n" not in became.text, text, became)
