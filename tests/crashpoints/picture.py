"""The end state in a form to compare: Slack's messages and the rows, without ids and times."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel, col
from sqlmodel import select as select_rows

from bot.domain.duework.timer_states import TimerState
from bot.services.incidents.export import verify
from bot.store.database import Database
from bot.store.delivery.outbox import UNSENT
from bot.store.tables import (
    Delivery,
    DigestRun,
    Inbound,
    Incident,
    Page,
    PagingRun,
    Participant,
    TimelineEntry,
    Timer,
)
from playground.driver import texts
from playground.state.records import Channel, Message
from playground.testing import RunningPlayground

Picture = dict[str, list[str]]

_UNCERTAIN = (
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b"), "<id>"),
    (re.compile(r"<!date\^[^>]*>"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ][0-9:.]+(\+00:00|Z)?"), "<time>"),
    (re.compile(r"\b\d{10}\.\d{6}\b"), "<ts>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
)
_FACTS: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (
        Incident,
        ("number", "title", "severity", "state", "owner", "opened_by", "room", "channel_name"),
    ),
    (PagingRun, ("team_key", "state", "round", "step", "responder")),
    (Page, ("round", "step", "target", "state", "reason")),
    (Participant, ("user_id", "team_key")),
    (Timer, ("kind", "occurrence", "state")),
    (DigestRun, ("schedule", "late")),
    (Inbound, ("outcome",)),
)


def unfinished(db: Database, now: Any) -> int:
    """Return how many deliveries and timers are due or unsent at this moment."""
    unsent = select(func.count()).where(col(Delivery.state).in_(UNSENT))
    due = select(func.count()).where(col(Timer.state) == TimerState.DUE, col(Timer.due_at) <= now)
    with db.reading() as tx:
        return int(tx.execute(unsent).scalar_one()) + int(tx.execute(due).scalar_one())


def end_state(db: Database, slack: RunningPlayground) -> Picture:
    """Return the end state.

    Raises AssertionError if the state contradicts itself, whatever the state of another run.
    """
    with db.reading() as tx:
        deliveries = {row.id: row for row in tx.all(select_rows(Delivery))}
        entries = tx.all(
            select_rows(TimelineEntry).order_by(
                col(TimelineEntry.incident_id), col(TimelineEntry.seq)
            )
        )
        facts = {
            table.__tablename__: _facts(tx.all(select_rows(table)), names)
            for table, names in _FACTS
        }
    _each_once(slack, deliveries)
    assert verify(db)[1] == [], "every timeline is as it was written"
    told = [_plain([one.seq, one.actor, one.kind, one.data]) for one in entries]
    return {
        **{f"stored: {name}": rows for name, rows in facts.items()},
        "stored: timeline": told,
        "stored: delivery": sorted(
            _plain([row.kind, row.target, row.state])
            for row in deliveries.values()
            if row.merge_key is None
        ),
        **{f"Slack: {_name(slack, c)}": _shown(slack, c, deliveries) for c in _channels(slack)},
    }


def _each_once(slack: RunningPlayground, deliveries: dict[str, Delivery]) -> None:
    """Check that Slack has each message that is stored as sent there, no others, and none twice."""
    accepted = Counter(_identity(m) for c in _channels(slack) for m in _posts(slack, c))
    assert set(accepted.values()) <= {1}, f"doubled: {_kinds(accepted, deliveries)}"
    known = {m.ts for c in _channels(slack) for m in _posts(slack, c)}
    lost = [
        d.kind for d in deliveries.values() if d.slack_ts is not None and d.slack_ts not in known
    ]
    assert not lost, f"stored as sent, and Slack has never had it: {lost}"
    stray = [d for d in accepted if d not in deliveries or deliveries[d].slack_ts is None]
    assert not stray, f"Slack has it, and it is not stored as sent: {stray}"


def _kinds(accepted: Counter[str], deliveries: dict[str, Delivery]) -> list[str]:
    return [deliveries[one].kind for one, times in accepted.items() if times > 1]


def _facts(rows: list[Any], names: tuple[str, ...]) -> list[str]:
    return sorted(_plain({name: getattr(row, name) for name in names}) for row in rows)


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, sort_keys=True)
    for pattern, instead in _UNCERTAIN:
        text = pattern.sub(instead, text)
    return text


def _channels(slack: RunningPlayground) -> Iterator[Channel]:
    yield from slack.slack.workspace.channels.values()


def _name(slack: RunningPlayground, channel: Channel) -> str:
    if not channel.is_im:
        return f"#{channel.name} of {', '.join(sorted(channel.members))}"
    people = [who for who in channel.members if who != slack.slack.app.user_id]
    return f"direct messages of {', '.join(people)}"


def _posts(slack: RunningPlayground, channel: Channel) -> list[Message]:
    return [m for m in slack.slack.workspace.all_messages(channel.id) if m.metadata]


def _identity(message: Message) -> str:
    assert message.metadata is not None
    return str(message.metadata["event_payload"]["id"])


def _shown(
    slack: RunningPlayground, channel: Channel, deliveries: dict[str, Delivery]
) -> list[str]:
    """Return a channel's messages in order, as last edited."""
    return [
        f"{deliveries[_identity(m)].kind}{', pinned' if m.pinned else ''}: {_plain(texts(m))}"
        for m in _posts(slack, channel)
    ]
