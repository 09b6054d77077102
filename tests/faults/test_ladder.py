"""Nobody answers; or the policy and the people change while a ladder is being climbed."""

from datetime import datetime, timedelta

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import Ladder, PageState, RunState
from bot.store.database import Database
from bot.store.tables import Page, PagingRun
from tests.databases import on_both
from tests.faults import rows
from tests.faults.policies import shipped
from tests.faults.replicas import Bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

pytestmark = on_both

OPENING = "open p1 Pile-on against a creator"
CHANGED = "Policy edited, target deleted, or no one on call, in the middle of a run"
STILL_PAGED = "a person is still paged"
WAIT = timedelta(seconds=2)
TOLD_OF_THE_END = {"U0MEI", "U0AOIFE"}
QUARTER = 15 * 60 + 30


def climbed(run: PagingRun, db: Database) -> list[timedelta]:
    """By how much each step's pages were accepted after that step was due, in order."""
    late, due = [], run.started_at
    mine = [page for page in rows.asked(db, run.incident_id) if page.run_id == run.id]
    for page in sorted(mine, key=lambda page: (page.round, page.step)):
        assert page.sent_at is not None, "each was accepted"
        if (page.round, page.step) != (0, 0):
            due = decided_before(mine, page) + WAIT
        late.append(page.sent_at - due)
    return late


def decided_before(mine: list[Page], page: Page) -> datetime:
    """When the step before this page's was taken."""
    return max(
        each.created_at for each in mine if (each.round, each.step) < (page.round, page.step)
    )


@fault(18, "No acknowledgement through every step and round", passes="each in its time ± 2 s")
async def test_a_ladder_is_climbed_to_its_end_and_somebody_is_told(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    stage.policy_file.write_text(shipped(wait="2s", rounds=2))
    await stage.start()
    await stage.command(OPENING)
    await eventually(
        lambda: all(run.state is RunState.EXHAUSTED for run in rows.runs(db)), within=90
    )
    await eventually(lambda: not rows.unsent(db), within=60)
    runs = rows.runs(db)
    assert {len(Ladder.from_json(run.ladder).steps) for run in runs} == {3}
    late = [each for run in runs for each in climbed(run, db)]
    assert min(late) >= timedelta(0), "nobody is paged early"
    verdict.within("pages accepted after their steps' times by up to", max(late).total_seconds(), 2)
    for run in runs:
        told = {
            row.target
            for row in rows.deliveries(db, DeliveryKind.EXHAUSTED)
            if row.subject == run.id and row.state is DeliveryState.SENT
        }
        assert told == TOLD_OF_THE_END
    verdict.exactly_once(stage, db)


async def opened(stage: Bots, number: int = 1) -> None:
    """An escalation for which Legal is paged."""
    await stage.command(OPENING)
    await stage.command(f"page ESC-{number} legal we need counsel")


@fault(25, CHANGED, passes=STILL_PAGED)
async def test_a_run_keeps_the_policy_with_which_it_began(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """The file is edited and the bot restarted: Tom is no longer in Legal, and is paged still."""
    first = await stage.start()
    await opened(stage)
    await eventually(lambda: not rows.unsent(db))
    await first.killed()
    before = shipped()
    after = before.replace(
        'on_call = ["@priya", "@tom", "@jamal"]\nmembers = ["@elena"]',
        'on_call = ["@elena", "@jamal"]',
    )
    assert after != before
    stage.policy_file.write_text(after)
    await stage.start()
    await stage.advance(QUARTER)
    await eventually(lambda: "U0TOM" in targets(db, "legal"))
    await opened(stage, 2)
    await eventually(lambda: "U0ELENA" in targets(db, "legal"))
    await eventually(lambda: not rows.unsent(db))
    verdict.exactly_once(stage, db)


def targets(db: Database, team: str) -> list[str]:
    """Whom a team's runs have asked, in order."""
    mine = {run.id for run in rows.runs(db) if run.team_key == team}
    return [page.target for page in rows.asked(db) if page.run_id in mine]


@fault(25, CHANGED, passes=STILL_PAGED)
async def test_whoever_has_left_is_skipped_towards_the_next(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    await stage.start()
    await opened(stage)
    await eventually(lambda: not rows.unsent(db))
    await stage.slack.slack.change_person("U0TOM", {"deleted": True})
    await stage.slack.settled()
    await stage.advance(QUARTER)
    await eventually(lambda: len(targets(db, "legal")) > 1)
    await eventually(lambda: not rows.unsent(db))
    assert "U0TOM" not in targets(db, "legal")
    assert set(targets(db, "legal")[1:]) & {"U0JAMAL", "U0ELENA"}
    verdict.exactly_once(stage, db)


@fault(25, CHANGED, passes=STILL_PAGED)
async def test_where_a_whole_team_has_left_the_managers_are_told_at_once(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    await stage.start()
    await opened(stage)
    await eventually(lambda: not rows.unsent(db))
    everybody = {
        UserId(user) for run in rows.runs(db) if run.team_key == "legal" for user in on(run)
    }
    for user in everybody:
        await stage.slack.slack.change_person(user, {"deleted": True})
    await stage.slack.settled()
    await stage.advance(QUARTER)
    await eventually(lambda: legal(db).state is RunState.EXHAUSTED)
    await eventually(lambda: not rows.unsent(db))
    told = {row.target for row in rows.deliveries(db, DeliveryKind.EXHAUSTED)}
    assert told == TOLD_OF_THE_END
    verdict.exactly_once(stage, db)


def legal(db: Database) -> PagingRun:
    [run] = [run for run in rows.runs(db) if run.team_key == "legal"]
    return run


def on(run: PagingRun) -> set[str]:
    """Everybody on a run's ladder."""
    return {user for step in Ladder.from_json(run.ladder).steps for user in step.targets}


@fault(25, CHANGED, passes=STILL_PAGED)
async def test_a_target_who_leaves_before_the_page_is_sent_is_replaced_at_once(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """Slack says so when the page is posted: the backup is paged in the same transaction."""
    await stage.start()
    stage.slack.slack.workspace.people["U0PRIYA"].deleted = True
    await opened(stage)
    await eventually(lambda: "U0TOM" in targets(db, "legal"))
    await eventually(lambda: not rows.unsent(db))
    gone = [page for page in rows.asked(db) if page.target == "U0PRIYA"]
    assert [page.state for page in gone] == [PageState.UNREACHABLE]
    verdict.exactly_once(stage, db, dead=1)
