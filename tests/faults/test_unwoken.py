"""Nobody tells the relay that there is something to send."""

from datetime import UTC, datetime, timedelta

from bot.domain.act import Act, Role, Workspace
from bot.domain.ids import TeamKey, UserId
from bot.policy import Policy
from bot.services.paging import page_team
from bot.store.database import Database
from bot.worker.pace import Pace
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.replicas import Bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

TEAMS = ("legal", "pr", "data", "engineering", "product")
A_CALL = timedelta(seconds=1)


@fault(23, "Nobody wakes the relay", passes="sent all the same, by the next poll")
async def test_what_another_process_has_stored_is_found_by_the_poll(
    stage: Bots, db: Database, policy: Policy, extent: Extent, verdict: Verdict
) -> None:
    """A wake-up stays within its process. Here it is this test that commits, and no replica."""
    await stage.start()
    await stage.command("open p3 A question of wording")
    await eventually(lambda: not rows.unsent(db), within=60)
    [incident] = rows.incidents(db)
    workspace = Workspace(incident.team_id)
    for team in TEAMS:
        act = Act(workspace, UserId("U0MEI"), Role.MANAGER, datetime.now(UTC), None)
        page_team(db, policy, act, incident.id, TeamKey(team))
        await eventually(lambda: not rows.unsent(db), within=60)
    verdict.exactly_once(stage, db)
    took = max(page.sent_at - page.created_at for page in rows.pages(db) if page.sent_at)
    verdict.note(f"accepted after at most {took.total_seconds():.1f} s")
    # On a busy machine the short form only reports.
    assert took < timedelta(seconds=Pace().poll) + A_CALL or not extent.long
