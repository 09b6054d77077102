"""What Slack sends twice, or a person presses twice, has one effect."""

import asyncio
from collections import Counter

from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.store.database import Database
from bot.store.incidents import timeline as stored
from playground.state.records import Delivery
from tests.databases import on_both
from tests.faults import rows
from tests.faults.replicas import Bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

pytestmark = on_both

OPENING = "open p1 Pile-on against a creator"
TWICE = "Slack redelivers three times; an acknowledgement is double-clicked"


def entries(db: Database) -> Counter[EntryKind]:
    [incident] = rows.incidents(db)
    with db.reading() as tx:
        return Counter(entry.kind for entry in stored.timeline(tx, incident.id))


def delivered(stage: Bots, type_: str) -> Delivery:
    return stage.slack.deliveries(type_)[-1]


@fault(16, TWICE, passes="one effect")
async def test_everything_that_arrives_again_has_one_effect(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """A command, a click and an event, each delivered three times more, all at once."""
    await stage.start()
    await stage.command(OPENING)
    await again(stage, delivered(stage, "/escalate"))
    await eventually(lambda: not rows.unsent(db))
    [incident] = rows.incidents(db)
    assert len(rows.runs(db)) == len({run.team_key for run in rows.runs(db)})

    run = next(run for run in rows.runs(db) if run.state is RunState.PAGING)
    page = next(page for page in rows.asked(db) if page.run_id == run.id)
    person = stage.slack.person(page.target)
    message = next(message for message in person.dms() if message.ts == page.message_ts)
    # Two clicks of one person, each with a trigger of its own, and Slack's own repetitions.
    await asyncio.gather(*(person.click(message, "page_acknowledge") for _ in range(2)))
    await again(stage, stage.slack.deliveries("block_actions")[-1])
    await eventually(lambda: not rows.unsent(db))
    assert entries(db)[EntryKind.ACKNOWLEDGED] == 1
    told = rows.deliveries(db, DeliveryKind.NOTICE)
    assert len({row.dedup_key for row in told}) == len(told)

    mei = stage.slack.person("mei")
    said = await mei.say("The author has deleted the video", str(incident.channel_id))
    assert said.ok
    message = mei.sees(str(incident.channel_id))[-1]
    assert (await mei.react(message, "pushpin")).ok
    await stage.slack.settled()
    before = entries(db)
    await again(stage, stage.slack.deliveries("event:reaction_added")[-1])
    await stage.slack.settled()
    assert before[EntryKind.MESSAGE] == 1
    assert entries(db) == before
    await eventually(lambda: not rows.unsent(db))
    verdict.exactly_once(stage, db)


async def again(stage: Bots, delivery: Delivery) -> None:
    """Deliver the same payload three times more, together."""
    send = stage.slack.slack.deliveries.again
    repeated = await asyncio.gather(*(send(delivery.seq) for _ in range(3)))
    assert all(one is not None and one.error is None for one in repeated), repeated
