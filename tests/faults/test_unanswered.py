"""Slack's answer is missing or says nothing: what it took is found, what it did not take is sent.

All of it at once, each to somebody else: an unknown outcome is looked up after the lease.
"""

from pathlib import Path

from bot.store.database import Database
from playground.driver import texts
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.faults import rows
from tests.faults.replicas import LEASE, Bots, bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

pytestmark = on_both

KINDS = {
    4: (FaultKind.RESET, FaultKind.RESET_STORED, FaultKind.CLOSE, FaultKind.CLOSE_STORED),
    5: (FaultKind.HANG, FaultKind.HANG_STORED),
    6: (
        FaultKind.HTTP_500,
        FaultKind.HTTP_500_STORED,
        FaultKind.FATAL_ERROR,
        FaultKind.FATAL_ERROR_STORED,
        FaultKind.HTML_BODY,
        FaultKind.HTML_BODY_STORED,
        FaultKind.NO_PLACE,
        FaultKind.NO_PLACE_STORED,
    ),
}
STORED_FOR = {
    4: ("jose", FaultKind.RESET_STORED),
    5: ("wei", FaultKind.HANG_STORED),
    6: ("aisha", FaultKind.HTTP_500_STORED),
}
HISTORY = "conversations.history"
MAY_REPEAT = "You may see this page twice"
CASES = [(number, kind) for number, kinds in KINDS.items() for kind in kinds]


@fault(4, "Slack accepts, then resets or closes the connection")
@fault(5, "Slack accepts, then hangs past the timeout")
@fault(6, "500 or fatal_error, with the post stored and without")
async def test_what_got_no_answer_arrives_once(
    database_url: str, db: Database, tmp_path: Path, verdicts: dict[int, Verdict]
) -> None:
    """Posts, each to somebody else; and channels, which are not made twice either."""
    async with bots(database_url, tmp_path, crowd=len(CASES)) as stage:
        await stage.start()
        for kind in (FaultKind.RESET_STORED, FaultKind.HANG_STORED, FaultKind.HTTP_500_STORED):
            made = stage.fault(kind, "conversations.create", count=1, seconds=LEASE)
            await stage.command("open p3 A question of wording")
            await _met(made)
        met = [
            stage.fault(kind, channel=await stage.dm(f"first{n}"), count=1, seconds=LEASE)
            for n, (_, kind) in enumerate(CASES)
        ]
        for n in range(len(CASES)):
            await stage.command(f"page ESC-1 crowd-{n}")
        await eventually(lambda: not rows.unsent(db), within=90)
        assert [rule.hits for rule in met] == [1] * len(CASES)
        assert stage.rooms() == {"1": 1, "2": 1, "3": 1}
        for number, verdict in verdicts.items():
            to = [f"U0FIRST{n}" for n, (of, _) in enumerate(CASES) if of == number]
            verdict.exactly_once(stage, db, to=to)


@fault(4, "Slack accepts, then resets or closes the connection")
@fault(5, "Slack accepts, then hangs past the timeout")
@fault(6, "500 or fatal_error, with the post stored and without")
async def test_what_slack_does_not_show_at_once_arrives_once(
    stage: Bots, db: Database, verdicts: dict[int, Verdict]
) -> None:
    """The first look misses what is there; the second finds it, a post and a channel alike."""
    await stage.start()
    dms = {number: await stage.dm(who) for number, (who, _) in STORED_FOR.items()}
    met = [stage.fault(FaultKind.RESET_STORED, "conversations.create", count=1)] + [
        stage.fault(kind, channel=dms[number], count=1, seconds=LEASE)
        for number, (_, kind) in STORED_FOR.items()
    ]
    slack = stage.slack.slack
    slack.faults.history_lag = 3_600.0
    await stage.command("open p1 Pile-on against a creator")

    def looked_into() -> list[object]:
        """The direct messages whose history was read; the list of channels is `None` of them."""
        asked = stage.slack.calls("users.conversations") + stage.slack.calls(HISTORY)
        return [call.args.get("channel") for call in asked]

    # All were claimed at once, so the second look of none is before the first of another.
    await eventually(lambda: {None, *dms.values()} <= set(looked_into()))
    slack.faults.history_lag = 0.0
    await eventually(lambda: not rows.unsent(db), within=90)
    assert [rule.hits for rule in met] == [1] * len(met)
    assert all(looked_into().count(where) >= 2 for where in (None, *dms.values()))
    assert stage.rooms() == {"1": 1}
    for number, verdict in verdicts.items():
        who, _ = STORED_FOR[number]
        verdict.exactly_once(stage, db, to=[f"U0{who.upper()}"])


@fault(
    7,
    "As 2, with history unavailable",
    passes="none lost; a page at most once more, and it says so",
)
async def test_without_history_a_page_may_come_twice_and_says_so(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """Slack has one page when the process dies, a second one not; a third is settled."""
    first = await stage.start()
    stage.fault(FaultKind.DELAY, channel=await stage.dm("wei"), seconds=60)
    hung = stage.fault(FaultKind.HANG, channel=await stage.dm("aisha"), seconds=60)
    await stage.command("open p1 Pile-on against a creator")
    await eventually(lambda: len(stage.slack.person("wei").dms()) == 1)
    # The rest has arrived: what else was under way would be given up, as no one can look for it.
    await eventually(lambda: hung.hits and _unsent_to(db) == {"U0WEI", "U0AISHA"})
    await first.killed()
    stage.heal()
    stage.fault(FaultKind.ERROR, HISTORY, error="missing_scope")
    await stage.start()
    await eventually(lambda: not rows.unsent(db), within=90)
    verdict.exactly_once(stage, db, repeats=1)
    told = {who: stage.slack.person(who).dms() for who in ("jose", "wei", "aisha")}
    assert {who: len(messages) for who, messages in told.items()} == {
        "jose": 1,
        "wei": 2,
        "aisha": 1,
    }
    labelled = [who for who, messages in told.items() if MAY_REPEAT in texts(messages[-1])]
    assert labelled == ["wei", "aisha"]
    verdict.note("one extra, labelled")


async def _met(rule: FaultRule) -> None:
    await eventually(lambda: rule.hits)


def _unsent_to(db: Database) -> set[str | None]:
    return {row.target for row in rows.unsent(db)}
