"""An early word: a team's first step passed and no one answered. The managers hear at the end."""

from collections.abc import Sequence

from bot.domain.duework import DeliveryKind, Priority
from bot.domain.ids import UserId
from bot.domain.severity import Severity
from bot.domain.timeline import EntryKind
from bot.services.addressing import personal
from bot.services.case import Case
from bot.store import pages
from bot.store.tables import PagingRun

EARLY = frozenset({Severity.P0, Severity.P1})


def say_early(
    case: Case, run: PagingRun, tried: Sequence[UserId], targets: Sequence[UserId]
) -> None:
    """Tell the channel and the owner, once for each run, whatever ladders it moves to."""
    if case.incident.severity not in EARLY:
        return
    if not pages.take_early_word(case.tx, run.id, case.act.now):
        return
    case.record(
        EntryKind.UNANSWERED,
        aloud=True,
        run=run.id,
        team=run.team_key,
        name=run.team_name,
        tried=list(tried),
        targets=list(targets),
    )
    owner = case.incident.owner
    # Whoever is paged by it knows already.
    if owner is not None and owner not in (*tried, *targets):
        key = f"unanswered:{run.id}:{owner}"
        early = personal(
            DeliveryKind.UNANSWERED,
            owner,
            run.id,
            key,
            incident_id=case.id,
            priority=Priority.NOTICE,
            tried=list(tried),
        )
        case.send(early)
