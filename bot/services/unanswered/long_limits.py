"""Works around a rate limit of Slack's that lasts longer than people can wait.

A 429 holds up a person's messages, or the making of channels, for as long as Slack says. What comes
meanwhile waits behind it untried, so each tick looks for it.
"""

from dataclasses import dataclass

from bot.domain.act import by_the_bot
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import Ladder, RunState
from bot.policy import Policy
from bot.services.channels import channel as channels_channel
from bot.services.delivery.outcomes import LONG
from bot.services.delivery.results import At
from bot.services.locked import LockedIncident
from bot.services.paging import runs
from bot.store.database import Database
from bot.store.delivery import limits, withdrawals
from bot.store.fallback import unsent_pages
from bot.store.fallback.unsent_pages import WaitingPages
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.transaction import Transaction

_MAKING = ":conversations.create"


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Pages and channels that wait for a limit and have not been worked around yet."""

    pages: list[WaitingPages]
    channels: list[WaitingPages]


def held_up(db: Database, at: At) -> HeldUp | None:
    """Return what waits behind a long limit; None if nothing does, as on any normal day."""
    with db.reading() as tx:
        lanes, methods = limits.rate_limited(tx, at.real + LONG)
        teams = [each.removesuffix(_MAKING) for each in methods if each.endswith(_MAKING)]
        behind = unsent_pages.behind(tx, lanes) if lanes else []
        waiting = [page for page in behind if _has_backups(tx, page)]
        wanted = unsent_pages.without_place(tx, teams) if teams else []
    return HeldUp(waiting, wanted) if waiting or wanted else None


def _has_backups(tx: Transaction, waiting: WaitingPages) -> bool:
    """Tell whether a step follows the page's in the first round. After it, all were asked."""
    page = pages.page(tx, waiting.subject)
    run = pages.run(tx, page.run_id) if page else None
    if run is None:
        return False
    ladder = Ladder.from_json(run.ladder)
    return run.round == ladder.first_round and run.step + 1 < len(ladder.steps)


def go_round(db: Database, policy: Policy, held: HeldUp, at: At) -> None:
    """Page the next step for each such page, and move each such incident to a thread.

    After everyone on the ladder has been asked, it goes on in its own time. A page keeps its place
    in Slack's queue; a channel is tried for again later.
    """
    for page in held.pages:
        with db.transaction() as tx:
            _page_backup_too(tx, policy, page, at)
    for channel in held.channels:
        with db.transaction() as tx:
            _do_without(tx, policy, channel, at)


def _page_backup_too(tx: Transaction, policy: Policy, waiting: WaitingPages, at: At) -> None:
    incident = incident_rows.lock(tx, waiting.incident_id)
    page = pages.page(tx, waiting.subject)
    run = pages.run(tx, page.run_id) if page else None
    if incident is None or page is None or run is None or run.state is not RunState.PAGING:
        return
    if (page.round, page.step) == (run.round, run.step):
        locked = LockedIncident(tx, by_the_bot(waiting.workspace, at.now), incident)
        runs.advance(locked, policy, run)
        locked.put_down()


def _do_without(tx: Transaction, policy: Policy, waiting: WaitingPages, at: At) -> None:
    incident_rows.lock(tx, waiting.incident_id)
    if withdrawals.cancel(tx, [waiting.incident_id], [DeliveryKind.CHANNEL_CREATE]):
        act = by_the_bot(waiting.workspace, at.now)
        channels_channel.channel_failed(tx, policy, act, waiting.incident_id, limits.RATE_LIMITED)
