"""The surroundings of a service: finding pages, firing timers, sending messages."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.act import Act
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.duework.timer_states import TimerState
from bot.domain.incidents.views import Card
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.ladders import PageState, RunState
from bot.kinds.due_work import DUE_WORK
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.access import requests as access_requests
from bot.services.delivery import outcomes, outgoing
from bot.services.delivery.content import ChannelCall, Content, MessageContent, NothingToSay, NotYet
from bot.services.delivery.results import Accepted, At
from bot.services.duework import firing
from bot.services.incidents import queries
from bot.store.access import requests
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.store.duework import timers
from bot.store.tables import AccessRequest, Delivery, Incident, Page, PagingRun, Timer
from tests.factories import NOON, an_act

Sent = list[tuple[Claimed, Content[Any]]]


def incident(db: Database, incident_id: str) -> Incident:
    with db.reading() as tx:
        found = tx.first(select(Incident).where(col(Incident.id) == incident_id))
    assert found is not None
    return found


def all_pages(db: Database, team: str | None = None) -> list[Page]:
    """Return every page in the order of creation, of all teams or of one."""
    with db.reading() as tx:
        return tx.all(
            select(Page)
            .join(PagingRun, col(PagingRun.id) == col(Page.run_id))
            .where(col(PagingRun.team_key) == team if team else True)
            .order_by(col(Page.created_at), col(Page.round), col(Page.step), col(Page.target))
        )


def page_of(db: Database, user: str, incident_id: str | None = None) -> str:
    """Return the newest page of a person, in any incident or in one."""
    mine = [page for page in all_pages(db) if page.target == user]
    return [page.id for page in mine if incident_id in (None, page.incident_id)][-1]


def paged(db: Database, team: str) -> list[str]:
    return [page.target for page in all_pages(db, team)]


def page_states(db: Database, team: str) -> list[PageState]:
    return [page.state for page in all_pages(db, team)]


def runs(db: Database) -> list[PagingRun]:
    with db.reading() as tx:
        return tx.all(select(PagingRun).order_by(col(PagingRun.id)))


def run_of(db: Database, team: str) -> PagingRun:
    """Return the newest run of a team."""
    with db.reading() as tx:
        rows = tx.all(
            select(PagingRun).where(col(PagingRun.team_key) == team).order_by(col(PagingRun.id))
        )
    return rows[-1]


def run_state(db: Database, team: str) -> RunState:
    return run_of(db, team).state


def card(db: Database, incident_id: str) -> Card:
    return queries.details(db, an_act(), incident_id).card


def kinds_of_entries(db: Database, incident_id: str) -> list[str]:
    entries = queries.details(db, an_act(), incident_id, newest=None).entries
    return [entry.kind.value for entry in entries]


def due_timers(db: Database, kind: TimerKind) -> list[datetime]:
    with db.reading() as tx:
        rows = tx.all(
            select(Timer)
            .where(col(Timer.kind) == kind, col(Timer.state) == TimerState.DUE)
            .order_by(col(Timer.due_at))
        )
    return [row.due_at for row in rows]


def tick(db: Database, policy: Policy, at: datetime) -> int:
    """Fire all due timers, and those that become due because of them. Return how many."""
    fired = 0
    while True:
        with db.transaction() as tx:
            due = timers.claim(tx, now=at, real=at, limit=50)
        if not due:
            return fired
        for work in due:
            firing.fire(DUE_WORK, db, policy, work, at)
        fired += len(due)


def outgoing_rows(db: Database, kind: DeliveryKind | None = None) -> list[Delivery]:
    with db.reading() as tx:
        rows = tx.all(select(Delivery).order_by(col(Delivery.id)))
    return [row for row in rows if kind is None or row.kind is kind]


def waiting(db: Database, kind: DeliveryKind) -> list[Delivery]:
    return [row for row in outgoing_rows(db, kind) if row.state is DeliveryState.DUE]


def send(db: Database, policy: Policy, at: datetime = NOON) -> Sent:
    """Send everything due to a Slack that accepts it all. Return the messages."""
    said: Sent = []
    real = at
    while True:
        # A second a turn, because a channel rests that long after each post.
        real += timedelta(seconds=1)
        with db.transaction() as tx:
            claimed = claims.claim(tx, kinds=MESSAGES.args, now=at, real=real, limit=100)
        if not claimed:
            return said
        for one in claimed:
            prepared = outgoing.prepare(MESSAGES, db, policy, one, at)
            said.append((one, prepared))
            _settle(db, one, prepared, At(at, real), len(said))


def _settle(db: Database, one: Claimed, prepared: Content[Any], at: At, number: int) -> None:
    match prepared:
        case MessageContent():
            channel = prepared.channel or f"D{prepared.person}"
            outcomes.sent(MESSAGES, db, one, Accepted(channel, prepared.ts or f"{number}.0"), at)
        case ChannelCall(channel=None):
            name = f"esc-{prepared.number}"
            channel = f"C0{'ROOM' if prepared.private else 'OPEN'}{prepared.number}"
            accepted = Accepted(channel, name=name, private=prepared.private)
            outcomes.sent(MESSAGES, db, one, accepted, at)
        case ChannelCall():
            outcomes.sent(MESSAGES, db, one, Accepted(prepared.channel), at)
        case NothingToSay(why) | NotYet(why):
            outcomes.moot(db, one, why, at)


def letters(sent: Sent, kind: DeliveryKind) -> list[MessageContent[Any]]:
    return [p for claimed, p in sent if claimed.kind is kind and isinstance(p, MessageContent)]


def told(sent: Sent, kind: DeliveryKind) -> list[str]:
    """Return the people or channels that messages of this kind went to."""
    return sorted(letter.person or letter.channel or "" for letter in letters(sent, kind))


def asked_for_access(db: Database, incident_id: str, user: str, at: datetime = NOON) -> str:
    """Store an open request, whatever the answers to earlier ones. Return its id."""
    found = incident(db, incident_id)
    with db.transaction() as tx:
        request_id = requests.add(tx, found, user, at)
    assert request_id is not None
    return request_id


def newest_request(db: Database) -> str:
    with db.reading() as tx:
        rows = tx.all(select(AccessRequest).order_by(col(AccessRequest.id)))
    return rows[-1].id


def let_in(db: Database, act: Act, incident_id: str, user: str) -> None:
    access_requests.answer(db, act, asked_for_access(db, incident_id, user), granted=True)
