"""The database's rows, in the words of the faults."""

from collections.abc import Collection

from sqlmodel import col, func, select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.duework.timer_states import TimerState
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import OUTSIDE, DeliveryKind, TimerKind
from bot.domain.paging.ladders import UNANSWERED, PageState
from bot.store.database import Database
from bot.store.tables import Delivery, Incident, Page, PagingRun, Person, TimelineEntry, Timer

ENDED = (DeliveryState.SENT, DeliveryState.CANCELLED, DeliveryState.DEAD)
POSTS = frozenset(DeliveryKind) - {
    DeliveryKind.PAGE_UPDATE,
    DeliveryKind.CARD_UPDATE,
    DeliveryKind.CANARY_UPDATE,
    DeliveryKind.MESSAGE_EDIT,
    DeliveryKind.CHANNEL_CREATE,
    DeliveryKind.CHANNEL_INVITE,
    DeliveryKind.CHANNEL_REMOVE,
    DeliveryKind.CARD_PIN,
    DeliveryKind.HOME,
    *OUTSIDE,
}
"""Kinds that become a message of their own in Slack. Others change something, or go elsewhere."""


def deliveries(
    db: Database, *kinds: DeliveryKind, incidents: tuple[str, ...] = ()
) -> list[Delivery]:
    """Return all deliveries, or those of these kinds or incidents, oldest first."""
    wanted = select(Delivery).order_by(col(Delivery.id))
    if kinds:
        wanted = wanted.where(col(Delivery.kind).in_(kinds))
    if incidents:
        wanted = wanted.where(col(Delivery.incident_id).in_(incidents))
    with db.reading() as tx:
        return tx.all(wanted)


def pages(db: Database, *incidents: str) -> list[Delivery]:
    """Return the deliveries of pages."""
    return deliveries(db, DeliveryKind.PAGE, incidents=incidents)


def unsent(db: Database, *incidents: str) -> list[Delivery]:
    """Return the deliveries that are still to be sent, whatever holds them."""
    return [each for each in deliveries(db, incidents=incidents) if each.state not in ENDED]


def incidents(db: Database) -> list[Incident]:
    with db.reading() as tx:
        return tx.all(select(Incident).order_by(col(Incident.number)))


def runs(db: Database, *incidents: str) -> list[PagingRun]:
    wanted = select(PagingRun).order_by(col(PagingRun.id))
    with db.reading() as tx:
        found = tx.all(wanted)
    return [run for run in found if not incidents or run.incident_id in incidents]


def unanswered(db: Database) -> set[str]:
    """Return the waiting pages and the runs without an answer, which must not be withdrawn.

    A run past its last step counts too: someone may still answer, and the managers are told of it.
    Runs of an incident that has ended do not count.
    """
    open_ = {incident.id for incident in incidents(db) if incident.state in OPEN}
    mine = {run.id for run in runs(db) if run.incident_id in open_ and run.state in UNANSWERED}
    waiting = {
        page.id for page in asked(db) if page.run_id in mine and page.state is PageState.WAITING
    }
    return mine | waiting


def asked(db: Database, *incidents: str) -> list[Page]:
    """Return the pages themselves: the person, the step and the round."""
    with db.reading() as tx:
        found = tx.all(select(Page).order_by(col(Page.id)))
    return [page for page in found if not incidents or page.incident_id in incidents]


def entries(db: Database, incident: str, kind: EntryKind) -> int:
    """Return how many entries of a kind the timeline has."""
    with db.reading() as tx:
        found = tx.all(select(TimelineEntry).where(col(TimelineEntry.incident_id) == incident))
    return sum(1 for entry in found if entry.kind is kind)


def timers(db: Database, kind: TimerKind, state: TimerState) -> int:
    """Return how many timers of a kind are in a state."""
    with db.reading() as tx:
        found = tx.all(select(Timer).where(col(Timer.kind) == kind))
    return sum(1 for timer in found if timer.state is state)


def counted(db: Database, *states: DeliveryState) -> int:
    """Return how many deliveries are in one of these states."""
    wanted = select(func.count()).select_from(Delivery).where(col(Delivery.state).in_(states))
    with db.reading() as tx:
        return int(tx.execute(wanted).scalar_one())


def can_write_to(db: Database, users: Collection[str]) -> bool:
    """Whether the direct messages of all these people are already open."""
    with db.reading() as tx:
        known = tx.all(select(Person).where(col(Person.user_id).in_(list(users))))
    return len(known) == len(users) and all(person.dm_channel for person in known)


def knows(db: Database, user: str) -> bool:
    """Whether the bot knows a person.

    A bot is ready before Slack has told it about people, and a stranger's command opens nothing.
    """
    with db.reading() as tx:
        return tx.first(select(Person).where(col(Person.user_id) == user)) is not None
