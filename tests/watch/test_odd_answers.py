"""Whatever Slack answers: nothing stands still for it, nobody meets an error of ours."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.domain.act import Role
from bot.policy import Policy
from bot.store.delivery.outbox import UNSENT
from bot.store.tables import Delivery
from playground.driver import texts
from playground.state.records import Person
from playground.testing import RunningPlayground
from playground.web.faults import FaultKind, FaultRule
from tests.odd_slack import ODD, OddSlack, odd_slack
from tests.waiting import eventually
from tests.watch.conftest import WATCHFUL, RunningBot, a_bot

STRANGER = "U0STRANGER"
# An odd answer rests until the lease ends.
ONCE = replace(WATCHFUL, lease=timedelta(seconds=0.6), http_timeout=timedelta(seconds=0.5))
AGAIN = replace(ONCE, sync_people_every=timedelta(seconds=0.5))
READ = [
    "users.list",
    "users.info",
    "usergroups.users.list",
    "auth.test",
    "conversations.open",
    "conversations.history",
    "users.conversations",
    "conversations.members",
    "views.open",
    "views.publish",
]


@pytest.mark.parametrize("method", READ)
async def test_nothing_stands_still_for_an_odd_answer(
    database_url: str,
    policy: Policy,
    slack: RunningPlayground,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    policy = replace(policy, roles=replace(policy.roles, groups={"S0TNS": Role.MEMBER}))
    async with odd_slack(slack) as odd:
        odd.answers_oddly(method)
        address = {"SLACK_API_URL": odd.api_url}
        # Who is in the list is not asked for any more.
        pace = ONCE if method == "users.info" else AGAIN
        async with a_bot(database_url, policy, slack, pace, **address) as bot:
            await bot.until_well()
            await everything(bot, odd)
            assert not odd.left, "it was asked as often as there are odd answers"
            await eventually(lambda: not unsent(bot), within=90)
            assert await bot.problems() == []
    assert [names(record) for record in caplog.records if has_traceback(record)] == []


async def everything(bot: RunningBot, odd: OddSlack) -> None:
    """Make the bot ask Slack by every method."""
    space, faults = bot.slack.slack.workspace, bot.slack.slack.faults
    lost = [faults.add(FaultRule(FaultKind.RESET_STORED, "conversations.create", count=1))]
    await bot.person("mei").command("/escalate open p1 Pile-on against a creator")
    await eventually(lambda: lost[0].hits)
    for _ in ODD:
        rule = FaultRule(FaultKind.RESET_STORED, "chat.postMessage", count=1)
        lost.append(faults.add(rule))
    space.add_person(Person(STRANGER, "stranger", "Stranger"))
    for _ in ODD:
        answered = await bot.person(STRANGER).command("/escalate list")
        assert answered.ok
        assert "error reference" not in (texts(answered.message) if answered.message else "")
        assert (await bot.person("mei").command("/escalate open")).ok
        await bot.person("mei").open_home()
        await bot.slack.settled()  # Otherwise two openings become one Home tab.
        await eventually(lambda: not odd.left or not homes_wait(bot))
    await eventually(lambda: not odd.left)


def unsent(bot: RunningBot, *kinds: str) -> list[Delivery]:
    with bot.tocsin.db.reading() as tx:
        found = tx.all(select(Delivery).where(col(Delivery.state).in_(UNSENT)))
    return [row for row in found if not kinds or row.kind in kinds]


def homes_wait(bot: RunningBot) -> bool:
    return bool(unsent(bot, "home"))


def has_traceback(record: logging.LogRecord) -> bool:
    return record.exc_info is not None or "\n  File" in record.getMessage()


def names(record: logging.LogRecord) -> str:
    return f"{record.name}: {record.getMessage()} {record.exc_info}"
