"""Entries of an incident's history: append-only, chained by hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64


class EntryKind(StrEnum):
    OPENED = "opened"
    STATE = "state"
    SEVERITY = "severity"
    OWNER = "owner"
    EDITED = "edited"
    NOTE = "note"
    UPDATE = "update"
    PAGED = "paged"
    ASKED_AGAIN = "asked again"
    ACKNOWLEDGED = "acknowledged"
    DECLINED_PAGE = "declined page"
    HANDED_OVER = "handed over"
    UNANSWERED = "unanswered"
    EXHAUSTED = "exhausted"
    CALLED_OFF = "called off"
    CAME_BACK = "came back"
    UNREACHABLE = "unreachable"
    REACHED = "reached after all"
    REACHED_OUTSIDE = "reached outside Slack"
    REQUESTED_ACCESS = "requested access"
    INVITED = "invited"
    REFUSED_ACCESS = "refused access"
    ADDED = "added by hand"
    LEFT = "left"
    STAYED = "could not be removed"
    CHANNEL = "room"
    TASK = "task"
    TASK_DONE = "task done"
    TASK_WITHDRAWN = "task withdrawn"
    TASK_RESTORED = "task restored"
    REMINDER = "reminder"
    DECISION = "decision"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MESSAGE = "message"
    DUPLICATE = "duplicate"
    HAS_DUPLICATE = "has duplicate"


CLAIMS = frozenset({EntryKind.EXHAUSTED, EntryKind.RESOLVED})
"""Entries whose notice also says what to do now."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. `data` holds the details of this kind, as JSON values only."""

    kind: EntryKind
    data: Mapping[str, Any]


def chain(previous: str, seq: int, at: datetime, actor: str, entry: Entry) -> str:
    """Return the SHA-256 hex digest that seals `entry` after the digest `previous`."""
    body = json.dumps(
        [previous, seq, at.astimezone(UTC).isoformat(), actor, entry.kind.value, dict(entry.data)],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(body.encode()).hexdigest()
