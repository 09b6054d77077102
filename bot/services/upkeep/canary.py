"""The canary: a drill that opens, pages and acknowledges, to prove that the bot can."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.access.visibility import Tier
from bot.domain.act import THE_BOT, Workspace, by_the_bot
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.ids import new_id
from bot.domain.incidents.codenames import codename
from bot.domain.incidents.entries import OpenedEntry
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import OF_A_DRILL, DeliveryKind
from bot.domain.paging.ladders import FIRST, Ladder, RunState, Step
from bot.domain.paging.page_messages import CanaryArgs
from bot.domain.paging.reasons import Occasion, Reason
from bot.domain.recorded import CANARY
from bot.policy import Policy
from bot.services.locked import LockedIncident
from bot.store.database import Database
from bot.store.delivery import withdrawals
from bot.store.delivery.outbox import Outgoing
from bot.store.incidents import incident_rows
from bot.store.paging import pages, run_changes
from bot.store.tables import Incident, Page, PagingRun
from bot.store.tables.states import ChannelState
from bot.store.transaction import Transaction
from bot.store.upkeep import canary_drills

TEAM = "canary"
LIMIT = timedelta(minutes=1)
"""From the opening to the edited message; a drill that takes longer has failed."""
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Drill:
    incident_id: str
    page_id: str


def period_of(now: datetime, every: timedelta) -> datetime:
    """Return the start of the period that contains `now`; periods are counted from `_FIRST`."""
    return _FIRST + (now - _FIRST) // every * every


def open_drill(
    db: Database,
    policy: Policy,
    workspace: Workspace,
    period: datetime,
    channel: str,
    now: datetime,
) -> Drill:
    """Open this period's canary; raises AlreadyHandled if any replica has done so.

    It is closed from the start, so that no search for open incidents finds it. Its `ended_at` is
    the time when it succeeded. Its number is below zero.
    """
    act = by_the_bot(workspace, now, key=f"canary:{period.isoformat()}")
    incident_id, run_id, page_id = (new_id(now) for _ in range(3))
    incident = _incident(policy, workspace, incident_id, period, now)
    with db.transaction(act) as tx:
        locked = LockedIncident(tx, act, incident, new=True)
        locked.record(
            OpenedEntry(
                title=CANARY,
                severity=incident.severity,
                category=TEAM,
                source=None,
                tier=incident.tier,
                message=None,
                incident=incident_id,
                workspace=workspace.team_id,
                needs=None,
            )
        )
        locked.add(run_changes.added(_run(incident, run_id, now)))
        locked.add(
            pages.new_page(
                page_id=page_id,
                incident_id=incident_id,
                run_id=run_id,
                at=FIRST,
                target=THE_BOT,
                now=now,
            )
        )
        locked.send(_message(page_id, incident_id, channel))
        locked.put_down()
    return Drill(incident_id, page_id)


def _incident(
    policy: Policy, workspace: Workspace, incident_id: str, period: datetime, now: datetime
) -> Incident:
    return incident_rows.made(
        team_id=workspace.team_id,
        enterprise_id=workspace.enterprise_id,
        id=incident_id,
        number=-int((period - _FIRST).total_seconds()),
        title=CANARY,
        codename=codename(incident_id),
        tier=Tier.STANDARD,
        severity=Severity.P3,
        state=State.REVIEWED,
        category=TEAM,
        references=[],
        affected=[],
        criteria=[],
        opened_by=THE_BOT,
        opened_at=now,
        updated_at=now,
        room=ChannelState.ARCHIVED,
        policy_digest=policy.digest,
        drill=True,
    )


def _run(incident: Incident, run_id: str, now: datetime) -> PagingRun:
    return run_changes.new_run(
        incident,
        run_id=run_id,
        team_key=TEAM,
        team_name="Canary",
        ladder=Ladder((Step((THE_BOT,), LIMIT),)),
        state=RunState.PAGING,
        at=FIRST,
        next_at=None,
        reason=Reason(Occasion.ASKED, THE_BOT),
        requested_by=THE_BOT,
        by_entitled=True,
        started_at=now,
        ack_due_at=now + LIMIT,
    )


def _message(page_id: str, incident_id: str, channel: str) -> Outgoing:
    return Outgoing(
        kind=DeliveryKind.CANARY,
        priority=Priority.PAGE,
        lane=lanes.of_person(THE_BOT),
        subject=page_id,
        incident_id=incident_id,
        dedup_key=f"canary:{page_id}",
        args=CanaryArgs(channel=channel),
    )


def page_of(db: Database, drill: Drill) -> Page | None:
    with db.reading() as tx:
        return pages.page(tx, drill.page_id)


def succeed(db: Database, drill: Drill, now: datetime) -> None:
    with db.transaction() as tx:
        canary_drills.mark_succeeded(tx, drill.incident_id, now)


def give_up(db: Database, drill: Drill, *, called_off: bool) -> None:
    """Withdraw what is unsent of a drill. One that is called off is neither success nor failure."""
    with db.transaction() as tx:
        incident_rows.lock(tx, drill.incident_id)
        withdrawals.cancel(tx, [drill.page_id], OF_A_DRILL)
        if called_off:
            canary_drills.call_off(tx, drill.incident_id)


def failed(tx: Transaction, now: datetime, every: timedelta) -> bool:
    """Tell whether the newest canary past its limit did not succeed, or is too old."""
    newest = canary_drills.newest_before(tx, now - LIMIT)
    if newest is None:
        return False
    return newest.ended_at is None or now - newest.opened_at > 2 * every + LIMIT
