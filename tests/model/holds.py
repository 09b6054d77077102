"""What must hold: after every step, and when everything has been sent."""

from collections import Counter

from sqlmodel import col, select

from bot.domain.act import Role
from bot.domain.controls import Button
from bot.domain.duework import DeliveryKind, DeliveryState
from bot.domain.paging import RunState
from bot.domain.visibility import Place
from bot.services import reading, views
from bot.store import incidents, pages
from bot.store.tables import Delivery, Incident, Page, PagingRun
from bot.store.tables.states import RoomState
from bot.worker.rendering import message as rendered
from playground.driver import texts
from playground.records import Message
from tests.invariants import broken
from tests.model.world import DESK, World, delivery_of


def doubled(world: World) -> list[str]:
    """What Slack accepted more than once; personal messages, for one person.

    Where nobody can tell whether somebody had a reminder before they counted as gone, whoever
    takes their place is told as well.
    """
    count = Counter(_meant(world, message) for message in world.posted())
    return [f"{delivery} for {who}" for (delivery, who), times in count.items() if times > 1]


def _meant(world: World, message: Message) -> tuple[str, str]:
    direct = world.slack.channel(message.channel).is_im
    return delivery_of(message), message.channel if direct else "everybody"


def pages_accepted(world: World) -> dict[str, str]:
    """The runs' pages that Slack has: page id → run id."""
    ids = {delivery_of(message) for message in world.posted()}
    with world.db.reading() as tx:
        sent = tx.all(select(Delivery).where(col(Delivery.kind) == DeliveryKind.PAGE))
        run_of = {page.id: page.run_id for page in tx.all(select(Page))}
    return {one.subject: run_of[one.subject] for one in sent if one.id in ids}


def acknowledged(world: World) -> dict[str, str | None]:
    """Run id → who has taken it."""
    with world.db.reading() as tx:
        runs = tx.all(select(PagingRun))
    return {run.id: run.responder for run in runs if run.state is RunState.ACKNOWLEDGED}


def wrong_at_rest(world: World) -> list[str]:
    """Everything has been sent: Slack shows what is stored."""
    return [*broken(world.db), *_lost(world), *_cards(world), *_pages(world)]


def _lost(world: World) -> list[str]:
    known = {(message.channel, message.ts) for message in world.posted()}
    with world.db.reading() as tx:
        sent = tx.all(select(Delivery).where(col(Delivery.state) == DeliveryState.SENT))
    return [
        f"{one.kind}: stored as sent, and Slack has never had it"
        for one in sent
        if one.slack_ts is not None and (one.slack_channel, one.slack_ts) not in known
    ]


def _cards(world: World) -> list[str]:
    """Each card says what would be said of its incident now."""
    found = []
    with world.db.reading() as tx:
        for incident in tx.all(select(Incident)):
            if incident.card_ts is None:
                if incident.room is not RoomState.THREAD:
                    found.append(f"ESC-{incident.number} has no card")
                continue
            in_thread = incident.room is RoomState.THREAD
            place = Place.BROADCAST if in_thread else Place.INCIDENT_CHANNEL
            head = views.head_in(incident, place)
            now = world.clock.moment
            card = rendered(DESK, reading.card_of(tx, incident, head, now, in_thread=in_thread))
            shown = _standing(world, incident.channel_id, incident.card_ts)
            wanted = Message(shown.ts, shown.channel, shown.user, card.text, card.blocks)
            if texts(shown) != texts(wanted):
                found.append(
                    f"ESC-{incident.number}: its card is not what is stored:\n"
                    f"{texts(shown)}\n--- and should be\n{texts(wanted)}"
                )
    return found


def _standing(world: World, channel: str | None, ts: str) -> Message:
    return next(one for one in world.posted() if (one.channel, one.ts) == (channel, ts))


def _pages(world: World) -> list[str]:
    """A page can be taken in Slack for as long as it can be taken, and not after."""
    found = []
    by_delivery = {delivery_of(message): message for message in world.posted()}
    with world.db.reading() as tx:
        for one in tx.all(select(Delivery).where(col(Delivery.kind) == DeliveryKind.PAGE)):
            page = pages.page(tx, one.subject)
            run = pages.run(tx, page.run_id) if page else None
            shown = by_delivery.get(one.id)
            if page is None or run is None or shown is None:
                continue
            incident = incidents.get(tx, page.incident_id)
            assert incident is not None
            head = views.head_in(
                incident,
                Place.PERSONAL,
                reader=page.target,
                role=Role.VIEWER,
                invited=incidents.participants(tx, incident.id),
            )
            said = rendered(DESK, views.page_message(page, run, head, world.clock.moment))
            if _can_be_taken(said.blocks) != _can_be_taken(shown.blocks):
                found.append(
                    f"the page to {page.target} ({page.state}, run {run.state}, delivery"
                    f" {one.state}) reads in Slack: {shown.text}"
                )
    return found


def _can_be_taken(blocks: object) -> bool:
    return Button.ACKNOWLEDGE in str(blocks)
