"""The teams of an incident, as rows of its card."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.act import Workspace
from bot.domain.incidents.views import TeamRow
from bot.domain.paging.ladders import Ladder, RunState
from bot.services import views
from bot.services.paging.on_call import gone_from
from bot.store.tables import Incident, Page, PagingRun
from bot.store.transaction import Transaction


def team_rows(
    tx: Transaction,
    incident: Incident,
    runs: Sequence[PagingRun],
    told: Sequence[Page],
    now: datetime,
    seats: Mapping[str, bool] | None,
) -> tuple[TeamRow, ...]:
    """Return the teams' rows. Departures from Slack are read only if a team is overdue.

    `seats`: the people in the incident and whether each belongs, if the rows have to show that.
    """
    late = [
        Ladder.from_json(run.ladder)
        for run in runs
        if run.state is RunState.PAGING and now > run.ack_due_at
    ]
    workspace = Workspace(incident.team_id, incident.enterprise_id)
    gone = gone_from(tx, workspace, late) if late else ()
    return tuple(views.team_row(run, told, gone, tier=incident.tier, seats=seats) for run in runs)
