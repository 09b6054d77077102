"""People leave Slack or come back: pages and cards that name who is paged next are edited."""

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.domain.act import Workspace, by_the_bot
from bot.domain.paging.ladders import Ladder
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access import approvers
from bot.services.access.revocation import end_invitations
from bot.services.locked import LockedIncident
from bot.services.paging.page_edits import pages_changed
from bot.services.staleness import keep_true
from bot.store.access import requests
from bot.store.delivery import outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables.directory import DescribedPerson
from bot.store.tables.states import RequestState
from bot.store.transaction import Transaction


def remember(
    tx: Transaction,
    policy: Policy,
    workspace: Workspace,
    rows: Collection[DescribedPerson],
    now: datetime,
) -> None:
    """Store people as Slack describes them, and edit what that makes untrue.

    Invitations of people who are not full members end for good. Only a description ends them: a
    refused message, or no answer, proves nothing about a person.
    """
    told = [row["user_id"] for row in rows]
    before = people_and_groups.gone(tx, workspace, told)
    people_and_groups.remember(tx, rows)
    _make_true(tx, policy, workspace, before ^ people_and_groups.gone(tx, workspace, told), now)
    kept_out = [row["user_id"] for row in rows if _is_kept_out(row)]
    end_invitations(tx, policy, workspace, kept_out, now)


def _is_kept_out(row: DescribedPerson) -> bool:
    return row["outsider"] or row["gone"] or row["is_bot"]


def mark_gone(
    tx: Transaction, policy: Policy, workspace: Workspace, user: str, now: datetime
) -> None:
    """Record that a person cannot be reached any more."""
    before = people_and_groups.gone(tx, workspace, [user])
    people_and_groups.mark_gone(tx, workspace, user, now)
    if not before:
        _make_true(tx, policy, workspace, [user], now)


def _make_true(
    tx: Transaction,
    policy: Policy,
    workspace: Workspace,
    changed: Collection[str],
    now: datetime,
) -> None:
    """Have the edits made, without locking incidents: each edit is looked up at send time."""
    if not changed:
        return
    _settle_requests(tx, policy, workspace, people_and_groups.gone(tx, workspace, changed), now)
    concerned = [
        run
        for run in pages.paging_now(tx, workspace)
        if not set(changed).isdisjoint(Ladder.from_json(run.ladder).everyone)
    ]
    about = incident_rows.get_many(tx, {run.incident_id for run in concerned})
    cases = {
        key: LockedIncident(tx, by_the_bot(workspace, now), each) for key, each in about.items()
    }
    edits: list[Outgoing] = []
    for run in concerned:
        edits += pages_changed(cases[run.incident_id], pages.pages_of_run(tx, run.id))
    edits += _cards(cases.values())
    outbox.enqueue(tx, workspace, now, edits)


def _cards(cases: Iterable[LockedIncident]) -> list[Outgoing]:
    return [locked.card_change() for locked in cases if not locked.incident.drill]


def _settle_requests(
    tx: Transaction, policy: Policy, workspace: Workspace, gone: Collection[str], now: datetime
) -> None:
    """Close the requests of people who are gone; pass on those that they were to answer.

    A request about a person who was brought into the channel by hand stays open: they are still in
    it when they come back to Slack.
    """
    open_ones = requests.open_in(tx, team_id=workspace.team_id) if gone else []
    for incident in incident_rows.get_many(tx, {row.incident_id for row in open_ones}).values():
        locked = LockedIncident(tx, by_the_bot(workspace, now), incident)
        closed = [
            requests.settle(tx, row.id, RequestState.LAPSED, now)
            for row in open_ones
            if row.incident_id == incident.id and row.person in gone and not row.by_hand
        ]
        if any(closed):
            keep_true(locked, Change.ACCESS)
        approvers.instead_of(locked, policy, gone)
        locked.put_down()
