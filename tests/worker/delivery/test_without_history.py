"""Nobody can tell what Slack has: a page is sent once more and says so, the rest never twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.services.digests import digest
from bot.services.incidents import lifecycle, severity_changes
from bot.services.paging import answers, starting
from bot.store.tables import Delivery
from playground.driver import texts
from playground.web.faults import FaultKind, FaultRule
from tests.factories import MEI, SOFIA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig
from tests.worker.delivery.test_relay import deliveries

AOIFE = UserId("U0AOIFE")
HISTORY = "conversations.history"
MAY_REPEAT = "You may see this page twice"
TRIES = 4
"""To read a history, before a page is sent without."""
SILENT = {
    "it answers with an error": FaultRule(FaultKind.HTTP_500, HISTORY),
    "it hangs": FaultRule(FaultKind.HANG, HISTORY, seconds=60),
}


@dataclass(frozen=True, slots=True)
class Unclear:
    """A notice and a digest that Slack has, and others that it has not: nobody was told which."""

    rig: Rig
    taken: str
    """The incident of which Slack takes all that is said."""
    before: frozenset[str]
    """What was said before."""

    def rows(self) -> list[Delivery]:
        """What is said in the channels, and the digests but Mei's, with which all is well."""
        notices = deliveries(self.rig, DeliveryKind.NOTICE)
        reports = deliveries(self.rig, DeliveryKind.DIGEST)
        said = notices + [row for row in reports if row.target != MEI]
        return [row for row in said if row.id not in self.before]

    def stored(self, row: Delivery) -> bool:
        return row.target is None and row.incident_id in (self.taken, None)

    def posts(self) -> list[tuple[str, int]]:
        """How often Slack has each."""
        return [(row.kind, self.rig.posts_of(row.id)) for row in self.rows()]

    def by_its_only_call(self) -> list[tuple[str, int]]:
        """How often Slack has each that was tried, when no call was made again."""
        return [(row.kind, int(self.stored(row) and row.attempts > 0)) for row in self.rows()]

    def states(self) -> set[tuple[DeliveryState, str | None]]:
        return {(row.state, row.error) for row in self.rows()}

    def tries(self) -> int:
        """How often the least has been tried that goes first in its lane."""
        first: dict[str, int] = {}
        for row in self.rows():
            first[row.lane] = max(first.get(row.lane, 0), row.attempts)
        return min(first.values())


@asynccontextmanager
async def unclear(rig: Rig, history: FaultRule) -> AsyncIterator[Unclear]:
    """Yield while the relay works. Tom's page Slack has as well, Sofia's it has not."""
    faults = rig.slack.slack.faults
    taken, lost = (an_incident(rig.db, rig.policy, rig.act(MEI), teams=()) for _ in range(2))
    async with rig.working(ticking=False):
        await eventually(lambda: len(rig.slack.calls("pins.add")) == 2)
        rig.slack.channel("C0LEADERSHIP").members.append(rig.slack.slack.app.user_id)
        met = [
            _unanswered(FaultKind.RESET_STORED, rig.slack.channel("esc-1").id),
            _unanswered(FaultKind.RESET_STORED, "C0LEADERSHIP"),
            _unanswered(FaultKind.RESET_STORED, await rig.slack.person(TOM).dm_with_app(), count=1),
            _unanswered(FaultKind.RESET, rig.slack.channel("esc-2").id),
            _unanswered(FaultKind.RESET, await rig.slack.person(AOIFE).dm_with_app()),
            _unanswered(FaultKind.RESET, await rig.slack.person(SOFIA).dm_with_app(), count=1),
        ]
        faults.set([replace(history), *met])
        before = frozenset(row.id for row in deliveries(rig, DeliveryKind.NOTICE))
        for incident, person in ((taken, TOM), (lost, SOFIA)):
            starting.page_person(rig.db, rig.policy, rig.act(MEI), incident.head.id, person)
            lifecycle.post_update(rig.db, rig.act(MEI), incident.head.id, "we look into it")
        digest.send_now(rig.db, rig.policy, rig.act(MEI), "leadership")
        await eventually(lambda: len(rig.dms_of(TOM)) == 2 and rig.dms_of(SOFIA))
        assert all(rule.hits for rule in met)
        yield Unclear(rig, taken.head.id, before)
    first, second = rig.dms_of(TOM)
    assert (MAY_REPEAT in texts(first), MAY_REPEAT in texts(second)) == (False, True)
    [only] = rig.dms_of(SOFIA)
    assert MAY_REPEAT in texts(only), "nobody knew that it was the first"


def _unanswered(kind: FaultKind, channel: str, count: int | None = None) -> FaultRule:
    return FaultRule(kind, "chat.postMessage", channel=channel, count=count)


async def test_where_slack_refuses_the_history_the_rest_is_given_up(rig: Rig) -> None:
    refused = FaultRule(FaultKind.ERROR, HISTORY, error="missing_scope")
    async with unclear(rig, refused) as said:
        given_up = {(DeliveryState.DEAD, "outcome_unknown")}
        await eventually(lambda: said.states() == given_up)
        assert said.posts() == said.by_its_only_call()


@pytest.mark.parametrize("history", SILENT.values(), ids=SILENT)
async def test_where_the_history_does_not_answer_the_rest_waits_until_it_does(
    rig: Rig, history: FaultRule
) -> None:
    async with unclear(rig, history) as said:
        await eventually(lambda: said.tries() > TRIES + 1)
        assert {state for state, _ in said.states()} <= {
            DeliveryState.UNKNOWN,
            DeliveryState.SENDING,
            DeliveryState.DUE,
        }
        assert said.posts() == said.by_its_only_call()
        rig.slack.slack.faults.clear()
        await eventually(lambda: {state for state, _ in said.states()} == {DeliveryState.SENT})
        assert all(times == 1 for _, times in said.posts())


async def test_a_page_that_may_stand_twice_says_so_in_each_edit(rig: Rig) -> None:
    lost = _unanswered(FaultKind.RESET, await rig.slack.person(SOFIA).dm_with_app(), count=1)
    rig.slack.slack.faults.set([FaultRule(FaultKind.HTTP_500, HISTORY), lost])
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=("pr",)).head
    reads = partial(_reads, rig, MAY_REPEAT)
    async with rig.working():
        await eventually(lambda: reads("Acknowledge by"))
        severity_changes.set_severity(
            rig.db, rig.policy, rig.act(MEI), opened.id, Severity.P2, "calm"
        )
        await eventually(lambda: reads("lowered it to P2"))
        await rig.slack.advance(3600 * 9)
        await eventually(lambda: reads("You can still take it"))
        answers.acknowledge_mine(rig.db, rig.act(SOFIA), opened.id)
        await eventually(lambda: reads("You acknowledged"))
        lifecycle.decline(rig.db, rig.act(MEI), opened.id, "not ours")
        await eventually(lambda: reads("has ended"))


@pytest.mark.parametrize("silence", [TRIES + 1, 25])
async def test_a_page_that_is_answered_meanwhile_is_looked_for_until_the_history_answers(
    rig: Rig, silence: int
) -> None:
    taken = _unanswered(FaultKind.RESET_STORED, await rig.slack.person(SOFIA).dm_with_app(), 1)
    silent = FaultRule(FaultKind.HTTP_500, HISTORY, count=silence)
    rig.slack.slack.faults.set([silent, taken])
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=("pr",)).head
    async with rig.working(replace(BRISK, longest_backoff=BRISK.first_backoff)):
        await eventually(lambda: len(rig.dms_of(SOFIA)) == 1)
        answers.acknowledge_mine(rig.db, rig.act(SOFIA), opened.id)
        await eventually(lambda: "You acknowledged" in texts(rig.dms_of(SOFIA)[0]))
    assert silent.hits == silence
    [page] = rig.dms_of(SOFIA)
    assert MAY_REPEAT not in texts(page), "it was never sent again"


def _reads(rig: Rig, *said: str) -> bool:
    """Whether Sofia reads all of it in her page; it never stands without its label."""
    pages = [texts(page) for page in rig.dms_of(SOFIA)]
    assert all(MAY_REPEAT in page for page in pages)
    return any(all(each in page for each in said) for page in pages)
