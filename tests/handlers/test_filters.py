"""A filter is no oracle: what is hidden of a restricted escalation never decides what matches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.policy import Policy
from bot.services.followups import tasks
from bot.services.incidents import lifecycle
from bot.services.paging import answers as paging_answers
from tests.factories import MEI, NOON, PRIYA, SOFIA, an_act
from tests.handlers.requests import command_body, send
from tests.handlers.rights_standings import PEOPLE, stage_of_the_matrix
from tests.handlers.stage import Stage
from tests.services import scene

WORDS = ("minister", "harassment", "legal", "item-77", "sofia", "draft", "note-word", "streamer")
QUERIES = (
    *("list", "list open", "list mine", "list overdue", "list p0", "list p1", "list p2"),
    *("list closed", "list new", "list monitoring", "list investigating"),
    *("list team legal", "list team pr", "list team child safety", "list team dpo"),
    *(f"search {word}" for word in WORDS),
    *("search *", "search mini*", "search *leg*", 'search "the minister"', "search <@U0SOFIA>"),
    "search before ESC-3 minister",
)


@pytest.fixture
async def stage(tmp_path: Path, policy: Policy) -> AsyncIterator[Stage]:
    async with stage_of_the_matrix(tmp_path, policy) as ready:
        yield ready


def two_alike(stage: Stage) -> None:
    """Two restricted escalations of one severity and state: ESC-1 has all that can be hidden."""
    legal = TeamKey("legal")
    first = stage.opened(
        title="The minister and a streamer", tier=Tier.RESTRICTED, severity=Severity.P1,
        teams=(legal, TeamKey("pr"), TeamKey("child-safety")), category="harassment",
        references=("item-77",), market=next(iter(stage.policy.markets)),
    ).head.id  # fmt: skip
    stage.opened(
        title="Something", tier=Tier.RESTRICTED, severity=Severity.P1, teams=(),
        category=next(key for key in stage.policy.categories if key != "harassment"),
    )  # fmt: skip
    paging_answers.acknowledge(stage.db, an_act(PRIYA), scene.page_of(stage.db, PRIYA))
    lifecycle.assign(stage.db, an_act(MEI), first, SOFIA)
    lifecycle.add_note(stage.db, an_act(MEI), first, "note-word")
    due = NOON + timedelta(hours=1)
    tasks.add_task(
        stage.db, stage.policy, an_act(MEI), first, assignee=SOFIA, text="draft", due_at=due
    )
    stage.clock.advance(days=2)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NOBODY])
async def test_no_filter_tells_two_restricted_ones_apart(stage: Stage, role: Role) -> None:
    two_alike(stage)
    apart = []
    for words in QUERIES:
        said = (await send(stage.url, command_body(words, user=PEOPLE[role]))).body
        shown = [f"*{reference}*" in said for reference in ("ESC-1", "ESC-2")]
        if shown[0] != shown[1] or "overdue*" in said:
            apart.append((words, said))
    assert apart == []


async def test_a_word_that_is_hidden_adds_nothing_to_a_reference(stage: Stage) -> None:
    """Whether it stands in the title or not, the answer is the same."""
    two_alike(stage)
    viewer = PEOPLE[Role.VIEWER]
    for word in WORDS:
        answers = [
            (await send(stage.url, command_body(f"search {of} {word}", user=viewer))).body
            for of in ("ESC-1", "ESC-2")
        ]
        assert answers[0].replace("ESC-1", "ESC-n") == answers[1].replace("ESC-2", "ESC-n"), word


async def test_it_matches_for_those_who_are_in_it(stage: Stage) -> None:
    """So that the others' empty answers say something."""
    two_alike(stage)
    people: tuple[UserId, ...] = (SOFIA, PRIYA)
    for user in people:
        for words in ("list mine", "list team legal", "list overdue"):
            said = (await send(stage.url, command_body(words, user=user))).body
            assert "ESC-1" in said, (user, words)
            assert "ESC-2" not in said, (user, words)
