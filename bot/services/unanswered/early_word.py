"""The early word: a team's first step passed without an answer. Managers hear at the end."""

from collections.abc import Sequence

from bot.domain.delivery.delivery_states import Priority
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.paging_entries import UnansweredEntry
from bot.domain.unanswered.manager_messages import UnansweredArgs
from bot.services.addressing import personal
from bot.services.locked import LockedIncident
from bot.store.paging import run_changes
from bot.store.tables import PagingRun

EARLY = frozenset({Severity.P0, Severity.P1})


def say_early(
    locked: LockedIncident, run: PagingRun, tried: Sequence[UserId], targets: Sequence[UserId]
) -> None:
    """Tell the channel and the owner once for each run, even if it moves to another ladder."""
    if locked.incident.severity not in EARLY:
        return
    if not run_changes.take_early_word(locked.tx, run.id, locked.act.now):
        return
    locked.record(
        UnansweredEntry(
            run=run.id,
            team=run.team_key,
            name=run.team_name,
            tried=list(tried),
            targets=list(targets),
        ),
        aloud=True,
    )
    owner = locked.incident.owner
    # People who are paged in this run know already.
    if owner is not None and owner not in (*tried, *targets):
        key = f"unanswered:{run.id}:{owner}"
        early = personal(
            DeliveryKind.UNANSWERED,
            owner,
            run.id,
            key,
            incident_id=locked.id,
            priority=Priority.NOTICE,
            args=UnansweredArgs(tuple(tried)),
        )
        locked.send(early)
