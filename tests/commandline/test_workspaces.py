"""The workspaces that a command may choose from."""

from dataclasses import replace

from bot.domain.act import Workspace
from bot.policy import Policy
from bot.store.database import Database
from commandline.database.workspaces import workspaces
from tests.databases import on_both
from tests.factories import an_act, an_incident

pytestmark = on_both


def test_workspaces_are_listed_by_their_id(db: Database, policy: Policy) -> None:
    for team in ("T2", "T1", "T3"):
        an_incident(db, policy, replace(an_act(), workspace=Workspace(team)), teams=())
    assert [one.team_id for one in workspaces(db)] == ["T1", "T2", "T3"]
