"""Stores the rows that a measurement needs: people, incidents, due pages."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from bench.stage.processes import ROOT
from bench.stage.slow_slack import TEAM
from bot.domain.access.rights import Deed
from bot.domain.act import Act, Workspace, by_the_bot
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy, load
from bot.services.incidents.opening import open_incident
from bot.services.locked import lock_incident
from bot.services.paging.starting import start_person
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.incidents import incident_rows
from bot.store.tables import Delivery, Lane, Person
from bot.store.tables.incidents import IncidentColumns

WORKSPACE = Workspace(TEAM)
_PAGES_EACH = 50
PAGED_EACH = 3


def policy() -> Policy:
    return load(ROOT / "escalation.toml")


def due_pages(db: Database, rules: Policy, count: int, due: datetime) -> None:
    """Store `count` pages to as many people in the outbox: many lanes, all due at one moment."""
    act = by_the_bot(WORKSPACE, due)
    users = [UserId(f"U0BENCH{number:05}") for number in range(count)]
    _people(db, users, due)
    for begin in range(0, count, _PAGES_EACH):
        draft = OpeningDraft(f"bench-{begin} Many are paged", Severity.P1, "other", teams=())
        opened = open_incident(db, rules, act, draft)
        with db.transaction() as tx, lock_incident(tx, act, opened.head.id, Deed.PAGE) as locked:
            for user in users[begin : begin + _PAGES_EACH]:
                start_person(locked, rules, user)


def crowd(db: Database, rules: Policy, incidents: int, people: int, due: datetime) -> None:
    """Open many incidents at one moment. Each pages three people, in turn from `people` in all."""
    act = by_the_bot(WORKSPACE, due)
    users = [UserId(f"U0BENCH{number:05}") for number in range(people)]
    _people(db, users, due)
    for number in range(incidents):
        draft = OpeningDraft(f"bench-{number} One of many", Severity.P1, "other", teams=())
        opened = open_incident(db, rules, act, draft)
        with db.transaction() as tx, lock_incident(tx, act, opened.head.id, Deed.PAGE) as locked:
            for place in range(PAGED_EACH):
                start_person(locked, rules, users[(number * PAGED_EACH + place) % people])


def due_at(db: Database, due: datetime) -> None:
    """Set the due time of all unsent deliveries to one moment.

    First it is another day, so that bots can start. Once they run, it is a moment from now. So the
    measurement does not include the seeding or the start, however long they take.
    """
    with db.transaction() as tx:
        waits = update(Delivery).where(col(Delivery.state) == DeliveryState.DUE)
        tx.execute(waits.values(due_at=due, wanted_at=due))
        tx.execute(update(Lane).where(col(Lane.pending_at).is_not(None)).values(pending_at=due))


def _people(db: Database, users: list[UserId], now: datetime) -> None:
    rows = [
        {
            "team_id": WORKSPACE.team_id,
            "enterprise_id": None,
            "user_id": user,
            "name": user,
            "zone": "UTC",
            "outsider": False,
            "gone": False,
            "is_bot": False,
            "dm_channel": f"D{user[1:]}",
            "seen_at": now,
        }
        for user in users
    ]
    with db.transaction() as tx:
        tx.insert(Person, *rows)


def due_notices(db: Database, count: int, now: datetime) -> None:
    """Store `count` deliveries in lanes of their own, for claims that send nothing.

    They are stored one after another, as in practice, and named in that order. Otherwise their
    lanes' rows would be scattered over all pages, while the raw statement reads in the order of
    ids.
    """
    with db.transaction() as tx:
        outbox.enqueue(
            tx,
            WORKSPACE,
            now,
            [
                Outgoing(
                    kind=DeliveryKind.NOTICE,
                    priority=Priority.NOTICE,
                    lane=f"bench/{number:06}",
                    subject=f"{number}",
                    dedup_key=f"bench:{number}",
                    due_at=now - timedelta(microseconds=count - number),
                )
                for number in range(count)
            ],
        )


def counted(db: Database) -> None:
    """Make PostgreSQL collect its statistics now. By itself it does so within a minute."""
    if not db.is_sqlite:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")


def some_weeks(db: Database, rules: Policy, count: int) -> datetime:
    """Store `count` incidents of the last eight weeks, two of three resolved. Return 'now'."""
    now = datetime.now(UTC)
    categories = sorted(key for key, one in rules.categories.items() if not one.references_only)
    surfaces, severities = sorted(rules.surfaces), list(Severity)
    for number in range(count):
        opened_at = now - timedelta(weeks=8) * (count - number) / count
        draft = OpeningDraft(
            f"bench-{number} Something of the past",
            severities[number % len(severities)],
            categories[number % len(categories)],
            surface=surfaces[number % len(surfaces)],
            teams=(TeamKey("legal"), TeamKey("pr")),
        )
        act: Act = by_the_bot(WORKSPACE, opened_at)
        opened = open_incident(db, rules, act, draft)
        if number % 3:
            ended: IncidentColumns = {
                "state": State.RESOLVED,
                "ended_at": opened_at + timedelta(hours=9),
            }
            with db.transaction() as tx:
                incident_rows.change(tx, opened.head.id, ended)
    return now
