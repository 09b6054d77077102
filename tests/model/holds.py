"""The rules that hold after every step, and when everything has been sent."""

from collections import Counter

from sqlmodel import col, select

from bot.domain.access.visibility import Place
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.render.incidents import card as rendered
from bot.services import views
from bot.services.incidents import queries
from bot.store.tables import Delivery, Incident, Page, PagingRun
from bot.store.tables.states import ChannelState
from playground.driver import texts
from playground.state.records import Message
from tests.invariants import broken
from tests.model.world import DESK, POLICY, World, delivery_of
from tests.truth import untrue


def doubled(world: World) -> list[str]:
    """Return the messages that Slack accepted more than once, and personal ones per person.

    If a person counts as gone, and it is unknown whether they got a reminder, their replacement
    gets it too.
    """
    count = Counter(_meant(world, message) for message in world.posted())
    return [f"{delivery} for {who}" for (delivery, who), times in count.items() if times > 1]


def _meant(world: World, message: Message) -> tuple[str, str]:
    direct = world.slack.channel(message.channel).is_im
    return delivery_of(message), message.channel if direct else "everybody"


def pages_accepted(world: World) -> dict[str, str]:
    """Return the runs' pages that Slack has: page id → run id."""
    ids = {delivery_of(message) for message in world.posted()}
    with world.db.reading() as tx:
        sent = tx.all(select(Delivery).where(col(Delivery.kind) == DeliveryKind.PAGE))
        run_of = {page.id: page.run_id for page in tx.all(select(Page))}
    return {one.subject: run_of[one.subject] for one in sent if one.id in ids}


def acknowledged(world: World) -> dict[str, str | None]:
    """Return who has taken each run: run id → person."""
    with world.db.reading() as tx:
        runs = tx.all(select(PagingRun))
    return {run.id: run.responder for run in runs if run.state is RunState.ACKNOWLEDGED}


def wrong_at_rest(world: World) -> list[str]:
    """Return all differences between Slack and the rows, after everything has been sent."""
    return [*broken(world.db), *_lost(world), *_cards(world), *_messages(world)]


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
    """Return the cards that differ from their incident's current state."""
    found = []
    with world.db.reading() as tx:
        for incident in tx.all(select(Incident)):
            if incident.card_ts is None:
                if incident.room is not ChannelState.THREAD:
                    found.append(f"ESC-{incident.number} has no card")
                continue
            in_thread = incident.room is ChannelState.THREAD
            place = Place.BROADCAST if in_thread else Place.INCIDENT_CHANNEL
            head = views.head_in(incident, place)
            now = world.clock.moment
            card = rendered.card(
                DESK, queries.card_of(tx, incident, head, now, in_thread=in_thread)
            )
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


def _messages(world: World) -> list[str]:
    """Return the messages that would now say something else."""
    return untrue(world.db, DESK, POLICY, world.posted(), world.clock.moment)
