"""When nobody has answered and Slack is away: those in charge are told another way, once."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import col, select

from bot.domain.access.visibility import Tier
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.fallback.ways import FallbackWay
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.services.incidents import severity_changes
from bot.services.paging import answers, starting
from bot.store.tables import Delivery
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, an_incident
from tests.waiting import eventually
from tests.worker.conftest import Rig
from tests.worker.fallback.conftest import (
    MAIL,
    SELDOM,
    TITLE,
    Beyond,
    of,
    slack_is_down,
    timeline,
)
from tests.worker.ladder import legal_run, until_nobody_is_left


def told_that_nobody_answered(beyond: Beyond, to: str) -> list[str]:
    return [text for text in beyond.mailbox.texts(to) if "no one from Legal" in text]


@pytest.mark.parametrize("tier", [Tier.STANDARD, Tier.RESTRICTED])
async def test_those_in_charge_are_told_by_mail_that_nobody_answered(
    beyond: Beyond, tier: Tier
) -> None:
    """Slack is down for the whole ladder, and everybody's page waits for it."""
    rig = beyond.rig
    mails = {
        user: (FallbackWay("email", f"{user.lower()}@example.com"),) for user in in_charge(rig)
    }
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), tier=tier)
    rule = beyond.rule(**mails)
    async with rig.working(SELDOM), beyond.working(rule), beyond.working(rule):
        await until_nobody_is_left(rig)
        for user in mails:
            to = f"{user.lower()}@example.com"
            [text] = await eventually(partial(told_that_nobody_answered, beyond, to))
            assert text.startswith("P1 ESC-1: no one from Legal has acknowledged")
            assert (TITLE in text) is (tier is Tier.STANDARD)
            assert "/ack/" not in text, "there is nothing for them to acknowledge"
        await eventually(lambda: {row.state for row in notices(rig)} == {DeliveryState.SENT})
        entries = timeline(rig, opened.head.id)
    told = [e.data for e in entries if e.kind is EntryKind.REACHED_OUTSIDE]
    legal = [one for one in told if one.get("exhausted") and one["name"] == "Legal"]
    assert sorted(one["person"] for one in legal) == sorted(mails)
    for user in mails:
        to = f"{user.lower()}@example.com"
        assert len(told_that_nobody_answered(beyond, to)) == 1, "two replicas, one mail"


async def test_what_slack_has_told_those_in_charge_goes_no_other_way(beyond: Beyond) -> None:
    rig = beyond.rig
    mails = {
        user: (FallbackWay("email", f"{user.lower()}@example.com"),) for user in in_charge(rig)
    }
    rule = replace(beyond.rule(**mails), after={Severity.P1: timedelta(hours=1)})
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(), beyond.working(rule):
        await until_nobody_is_left(rig)
        await eventually(
            lambda: all("no one" in str(rig.dms_of(user)).casefold() for user in mails)
        )
        await rig.slack.advance(61 * 60)
        # One that does go out: by then the loop has looked for the notices as well.
        slack_is_down(rig)
        another = an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
        starting.page_person(
            rig.db, rig.policy, rig.act(MEI), another.head.id, UserId(in_charge(rig)[0])
        )
        await rig.slack.advance(61 * 60)
        await eventually(lambda: of("ESC-2", beyond))
    assert of("ESC-1", beyond) == []


async def test_who_answers_late_spares_those_in_charge_the_mail(beyond: Beyond) -> None:
    rig = beyond.rig
    boss = in_charge(rig)[0]
    beyond.mailbox.refuses = True
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(SELDOM), beyond.working(beyond.rule(**{boss: (MAIL,)})):
        await until_nobody_is_left(rig)
        await eventually(partial(notices_of_legal, rig))
        answers.acknowledge_mine(rig.db, rig.act(PRIYA), opened.head.id)
        # One that is with the mailbox at this moment must not be taken: it comes back first.
        await eventually(
            lambda: {row.state for row in notices_of_legal(rig)} == {DeliveryState.CANCELLED}
        )
    assert told_that_nobody_answered(beyond, "priya@example.com") == []


async def test_a_wrong_user_not_found_sends_it_the_other_way_at_once_and_to_slack_later(
    beyond: Beyond,
) -> None:
    rig = beyond.rig
    boss = in_charge(rig)[0]
    rule = replace(beyond.rule(**{boss: (MAIL,)}), after={Severity.P1: timedelta(hours=1)})
    rig.policy = replace(rig.policy, fallback=rule)
    fault = FaultRule(FaultKind.ERROR, "chat.postMessage", error="user_not_found")
    rig.slack.slack.faults.add(fault)
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(ticking=False), beyond.working(rule):
        [text] = await eventually(lambda: told_that_nobody_answered(beyond, "priya@example.com"))
        assert text.startswith("P1 ESC-1")
        rig.slack.slack.faults.rules.remove(fault)
        await eventually(lambda: "has acknowledged" in str(rig.dms_of(boss)))
    assert len(told_that_nobody_answered(beyond, "priya@example.com")) == 1


@on_both
async def test_each_end_of_a_ladder_is_told_once(beyond: Beyond) -> None:
    """It is raised when nobody was left, and the faster ladder passes unanswered too."""
    rig = beyond.rig
    boss = in_charge(rig)[0]
    slack_is_down(rig)
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    by_mail = beyond.rule(**{boss: (MAIL,)})
    rule = replace(by_mail, after={one: timedelta(seconds=1) for one in Severity})
    told = partial(told_that_nobody_answered, beyond, "priya@example.com")
    async with rig.working(SELDOM), beyond.working(rule), beyond.working(rule):
        await until_nobody_is_left(rig)
        await eventually(told)
        await eventually(lambda: _settled(rig))
        severity_changes.set_severity(
            rig.db, rig.policy, rig.act(MEI), opened.head.id, Severity.P0, "threat to life"
        )
        assert legal_run(rig).state is RunState.PAGING
        await until_nobody_is_left(rig)
        await eventually(lambda: len(told()) == 2)
        await eventually(lambda: _settled(rig))
    assert [text.split(":")[0] for text in told()] == ["P1 ESC-1", "P0 ESC-1"]


def _settled(rig: Rig) -> bool:
    """Whether nothing is still on its way past Slack to those in charge."""
    return {row.state for row in notices(rig)} == {DeliveryState.SENT}


def in_charge(rig: Rig) -> list[str]:
    return list(rig.policy.managers_on_duty)


def notices_of_legal(rig: Rig) -> list[Delivery]:
    return [row for row in notices(rig) if row.subject == legal_run(rig).id]


def notices(rig: Rig) -> list[Delivery]:
    with rig.db.reading() as tx:
        wanted = col(Delivery.kind) == DeliveryKind.EXHAUSTED_OUTSIDE
        return tx.all(select(Delivery).where(wanted))
