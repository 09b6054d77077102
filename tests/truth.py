"""Whether every message in Slack is true: each is written again from the rows, and compared.

The message as it would be now comes from the rows alone, as if it had just been posted. The message
as it is comes from Slack.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.act import Workspace
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.ids import DeliveryId
from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES, ROWS, words
from bot.policy import Policy
from bot.render.wording import Wording
from bot.services.delivery import outgoing
from bot.services.delivery.content import MessageContent
from bot.store.database import Database
from bot.store.delivery.claims import Claimed
from bot.store.tables import Delivery
from playground.driver import texts
from playground.state.records import Message


def untrue(
    db: Database, wording: Wording, policy: Policy, shown: Iterable[Message], now: datetime
) -> list[str]:
    """Return the differences between Slack's messages and the current ones, in words."""
    return [said for _, said in untrue_kinds(db, wording, policy, shown, now)]


def untrue_kinds(
    db: Database, wording: Wording, policy: Policy, shown: Iterable[Message], now: datetime
) -> list[tuple[DeliveryKind, str]]:
    by_place = {(one.channel, one.ts): one for one in shown}
    found: list[tuple[DeliveryKind, str]] = []
    for row in posted(db):
        if row.kind is DeliveryKind.DIGEST:
            continue  # A digest names its week, so it stays true.
        stands_there = by_place.get((row.slack_channel or "", row.slack_ts or ""))
        wanted = anew(db, policy, row, now)
        if stands_there is None or wanted is None:
            continue
        written = words(wording, wanted)
        fresh = replace(stands_there, text=written["text"], blocks=written["blocks"])
        if _said(fresh) != _said(stands_there):
            where = row.target or row.slack_channel
            said = f"{row.kind} to {where}:\n{_said(stands_there)}"
            found.append((row.kind, f"{said}\n--- and should be\n{_said(fresh)}"))
    return found


def posted(db: Database) -> list[Delivery]:
    with db.reading() as tx:
        rows = tx.all(
            select(Delivery)
            .where(col(Delivery.state) == DeliveryState.SENT, col(Delivery.slack_ts).is_not(None))
            .order_by(col(Delivery.id))
        )
    return [row for row in rows if row.kind.kept_true]


def anew(db: Database, policy: Policy, row: Delivery, now: datetime) -> MessageContent[Any] | None:
    """Return the content that a posted message would have now."""
    of_a_page = {
        DeliveryKind.PAGE: DeliveryKind.PAGE_UPDATE,
        DeliveryKind.CANARY: DeliveryKind.CANARY_UPDATE,
    }
    kind = of_a_page.get(row.kind, DeliveryKind.MESSAGE_EDIT)
    subject = row.subject if row.kind in of_a_page else row.id
    prepared = outgoing.prepare(MESSAGES, db, policy, as_claimed(row, kind, subject, row.args), now)
    return prepared if isinstance(prepared, MessageContent) else None


def as_claimed(row: Delivery, kind: DeliveryKind, subject: str, args: Mapping[str, Any]) -> Claimed:
    return Claimed(
        id=DeliveryId(row.id),
        workspace=Workspace(row.team_id, row.enterprise_id),
        lease_until=row.created_at + timedelta(days=1),
        kind=kind,
        priority=row.priority,
        subject=subject,
        incident_id=row.incident_id,
        target=row.target,
        thread_ts=row.thread_ts,
        stored_args=args,
        lane=row.lane,
        fence=1,
        attempts=1,
        lookups=0,
        due_at=row.due_at,
        wanted_at=row.due_at,
        created_at=row.created_at,
        uncertain=False,
        merge_key=None,
        reads=ROWS[kind].args,
    )


# True at the time of posting, so it stays true. An edit leaves it out.
_OF_THE_MOMENT = ("This page is late", "This reminder is late", "This message is late")


def _said(shown: Message) -> str:
    """Return the whole text of a message, with its controls."""
    blocks = [block for block in shown.blocks if not _is_of_the_moment(block)]
    offered = [
        f"{element.get('action_id')} {element.get('value') or ''}".strip()
        for block in blocks
        if block.get("type") == "actions"
        for element in block["elements"]
    ]
    return "\n".join([texts(replace(shown, blocks=blocks)), *offered])


def _is_of_the_moment(block: Mapping[str, Any]) -> bool:
    said = [part for part in block.get("elements", ()) if isinstance(part, Mapping)]
    return any(str(part.get("text", "")).startswith(_OF_THE_MOMENT) for part in said)
