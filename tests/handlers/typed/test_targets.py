"""Whom `page` pages: all that are named, or no one and the commands that say it exactly."""

import re

import pytest
from sqlmodel import select

from bot.store.tables import PagingRun
from tests.factories import PRIYA, SOFIA
from tests.handlers.stage import Stage


def runs(stage: Stage) -> dict[str, str]:
    with stage.db.reading() as tx:
        return {run.team_key: run.why for run in tx.all(select(PagingRun))}


BOTH = (
    "legal with pr",
    "legal as well as pr",
    "legal und pr",
    "legal et pr",
    "legal y pr",
    "legal | pr",
    "legal, also pr",
    "legal, with pr",
    "legal together with pr",
    "legal,pr",
    "legal,\npr",
    "legal, pr too",
    "legal and pr as well",
    "legal, pr\nbomb threat",
    "legal and pr: product is broken, data too",
    "legal, pr - bomb threat",
    "legal, pr. Bomb threat",
    "legal, pr they're at the door",
)


@pytest.mark.parametrize("text", BOTH)
async def test_all_that_stand_in_a_list_are_paged(stage: Stage, text: str) -> None:
    stage.opened(teams=())
    await stage.command("mei", f"page ESC-1 {text}")
    assert set(runs(stage)) == {"legal", "pr"}


REFUSED = (
    ("PR, then legal", ("pr, legal", "pr", "legal")),
    ("pr or legal", ("pr, legal", "pr", "legal")),
    ("pr and/or legal", ("pr, legal", "pr", "legal")),
    ("pr oder legal", ("pr, legal", "pr", "legal")),
    ("pr, foo, legal", ("pr, legal: foo, legal", "pr: foo, legal")),
    ("pr foo legal", ("pr, legal: foo legal", "pr: foo legal")),
    ("@priya and sofia now", ("@priya, @sofia: now", "@priya: and sofia now")),
    ("@priya, sofia", ("@priya, @sofia", "@priya: sofia")),
    ("legal, tom", ("legal, @tom", "legal: tom")),
    ("legal tom", ("legal, @tom", "legal: tom")),
    (
        "legal, pr, they need it, product too",
        ("legal, pr, product: they need it, product too", "legal, pr: they need it, product too"),
    ),
    ("legal bomb threat, @tom", ("legal, @tom: bomb threat, @tom", "legal: bomb threat, @tom")),
    ("legal, product is broken", ("legal, product: is broken", "legal: product is broken")),
    (
        "legal and data about the leak",
        ("legal, data: about the leak", "legal: data about the leak"),
    ),
    ("pr, operations has stopped", ("pr, operations: has stopped", "pr: operations has stopped")),
    ("legal, data leak", ("legal, data: leak", "legal: data leak")),
    ("@tom, @sofia knows it", ("@tom, @sofia: knows it", "@tom: @sofia knows it")),
    (
        "legal tomorrow at 9",
        ("remind ESC-1 &lt;when&gt; page legal tomorrow at 9", "page ESC-1 legal: tomorrow at 9"),
    ),
    ("legal in 2h", ("remind ESC-1 in 2h page legal", "page ESC-1 legal: in 2h")),
    ("legal, but not now, at 17:00", ("page ESC-1 legal: but not now, at 17:00",)),
    (
        "legal if pr does not answer",
        ("remind ESC-1 in 15m page legal if pr does not answer",),
    ),
    ("legal when pr is silent", ("remind ESC-1 in 15m page legal when pr is silent",)),
    ("legal?", ("legal",)),
    ("legal, pr?", ("legal, pr",)),
)


@pytest.mark.parametrize(("text", "commands"), REFUSED)
async def test_in_doubt_no_one_is_paged_and_the_commands_to_copy_work(
    stage: Stage, text: str, commands: tuple[str, ...]
) -> None:
    stage.opened(teams=())
    said = await stage.command("mei", f"page ESC-1 {text}")
    assert runs(stage) == {}
    for command in commands:
        whole = command if command.startswith(("page", "remind")) else f"page ESC-1 {command}"
        assert f"`/escalate {whole}`" in said
    for command in re.findall(r"`/escalate (.+?)`", said):
        answer = await stage.command("mei", command.replace("&amp;", "&"))
        assert "No one was paged" not in answer, command
    assert set(runs(stage)) or "remind" in said


REASONS = (
    "counsel must read the notice today",
    "threats against women and minors",
    "adults and minors at risk",
    "harm to minors",
    "the contract with product expired yesterday",
    "they want an answer today",
    "bomb threat, two schools, and the press knows",
    "in 2 countries",
)


@pytest.mark.parametrize("why", REASONS)
async def test_a_reason_stays_a_reason(stage: Stage, why: str) -> None:
    stage.opened(teams=())
    await stage.command("mei", f"page ESC-1 legal {why}")
    assert runs(stage) == {"legal": why}


async def test_people_are_paged_whatever_joins_them(stage: Stage) -> None:
    stage.opened(teams=())
    await stage.command("mei", "page ESC-1 @priya with @sofia bomb threat")
    assert set(runs(stage)) == {f"person:{PRIYA}", f"person:{SOFIA}"}
