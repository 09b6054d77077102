"""Slack refuses: a limit, a person who cannot be reached, a token that is no good."""

from pathlib import Path

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.paging.ladders import PageState
from bot.slack.refusals import DEAD_TARGETS
from bot.store.database import Database
from bot.store.tables import Delivery
from playground.web.faults import FaultKind
from tests.databases import on_both
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.replicas import Bots, bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

pytestmark = on_both

CLOCKS_DIFFER = 0.1
"""Seconds: the playground reads its clock before the bot hears of it."""


@fault(
    8,
    "429 with Retry-After 30 on one channel",
    passes="exactly once; the others go on; no call to it before its time, by any replica",
)
async def test_a_limit_on_one_channel_rests_that_channel_and_no_other(
    database_url: str, db: Database, tmp_path: Path, extent: Extent, verdict: Verdict
) -> None:
    retry_after = extent.of(6, 30)
    async with bots(database_url, tmp_path, crowd=5) as stage:
        await stage.start_many(1 if db.is_sqlite else 2)
        await stage.command("open p3 A question of wording")
        limited = await stage.dm("first0")
        others = [await stage.dm(f"first{n}") for n in range(1, 5)]
        stage.fault(FaultKind.RATE_LIMITED, channel=limited, count=1, seconds=retry_after)
        for turn, n in enumerate((0, 1, 2, 3, 4)):
            stage.listens(stage.replicas[turn % len(stage.replicas)])
            await stage.command(f"page ESC-1 crowd-{n}")
        # More for the same person, by whichever replica: it has to wait as well.
        await stage.command("page ESC-1 @first0 the notice too")
        await eventually(lambda: not rows.unsent(db), within=retry_after + 60)
        calls = stage.slack.calls("chat.postMessage")
        first, *again = [call.at for call in calls if call.args["channel"] == limited]
        assert len(again) == 2
        rested = again[0] - first
        assert rested >= retry_after - CLOCKS_DIFFER
        elsewhere = [call for call in calls if call.args["channel"] in others]
        assert len(elsewhere) == len(others)
        assert all(call.ok and call.at < again[0] for call in elsewhere)
        verdict.exactly_once(stage, db)
        verdict.note(f"rested {rested:.1f} s of {retry_after}")


CODES = sorted(DEAD_TARGETS)
METHODS = ("chat.postMessage", "conversations.open")
_INCIDENTS = 6
"""Each channel is told who is missing, one message a second."""
CASES = [(code, method) for code in CODES for method in METHODS]


@fault(
    10,
    "Each dead-target code",
    passes="the backup is paged within 2 s, once; the dead page is kept as dead",
)
async def test_whoever_slack_cannot_reach_is_replaced_by_the_backup_at_once(
    database_url: str, db: Database, tmp_path: Path, verdict: Verdict
) -> None:
    """Refused when the message is posted, or when the conversation is opened already."""
    dead = [f"U0FIRST{n}" for n in range(len(CASES))]
    async with bots(database_url, tmp_path, crowd=len(CASES)) as stage:
        for n, (code, method) in enumerate(CASES):
            by_channel = method == "chat.postMessage"
            stage.fault(
                FaultKind.ERROR,
                method,
                channel=await stage.dm(f"first{n}") if by_channel else None,
                user=None if by_channel else dead[n],
                error=code,
            )
        await stage.start()
        await eventually(lambda: all(rows.knows(db, user) for user in dead), within=90)
        written_to = [u for u, (_, m) in zip(dead, CASES, strict=True) if m == "chat.postMessage"]
        await eventually(lambda: rows.can_write_to(db, written_to), within=90)
        # They have left since: each page asks, and `users.info` says so.
        for user in dead:
            stage.slack.slack.workspace.people[user].deleted = True
        for _ in range(_INCIDENTS):
            await stage.command("open p3 A question of wording")
        for n in range(len(CASES)):
            await stage.command(f"page ESC-{n % _INCIDENTS + 1} crowd-{n}")
        await eventually(lambda: not rows.unsent(db), within=90)
        asked = {page.target: page for page in rows.asked(db)}
        told = {row.target: row for row in rows.pages(db)}
        took = []
        for n, (code, _) in enumerate(CASES):
            page, backup = asked[dead[n]], asked[f"U0SECOND{n}"]
            assert (page.state, page.reason) == (PageState.UNREACHABLE, code)
            assert told[dead[n]].state is DeliveryState.DEAD
            # In the same transaction: there is no moment in which nobody is asked.
            assert backup.created_at == page.answered_at
            assert backup.sent_at is not None
            took.append((backup.sent_at - backup.created_at).total_seconds())
        verdict.exactly_once(stage, db, dead=len(CASES))
        verdict.note(f"{len(CODES)} codes; backup asked in the same transaction")
        verdict.within("accepted after at most", max(took), 2, in_short=30)


@fault(11, "Token revoked, then restored", passes="readiness is red meanwhile; nothing is lost")
async def test_a_revoked_token_discards_nothing(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    bot = await stage.start()
    # Asked of a Slack that refuses the token, nobody would have a role.
    await eventually(lambda: rows.knows(db, "U0MEI"), within=90)
    stage.slack.slack.app.revoked = True
    await stage.command("open p1 Pile-on against a creator")
    await eventually(lambda: any(row.error == "token_revoked" for row in rows.pages(db)))
    status, why = await bot.get("/readyz")
    assert (status, "token_revoked" in why) == (503, True)
    assert stage.accepted() == []
    assert [row for row in rows.deliveries(db) if _given_up(row)] == []
    stage.slack.slack.app.revoked = False
    await eventually(lambda: not rows.unsent(db), within=90)
    verdict.exactly_once(stage, db)
    assert await bot.is_ready()


def _given_up(row: Delivery) -> bool:
    return row.state in (DeliveryState.DEAD, DeliveryState.CANCELLED)
