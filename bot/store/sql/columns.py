"""Column types: aware UTC instants and closed sets, the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

from bot.domain.act import Workspace

workspace_of = cache(Workspace)
"""Makes a workspace from a row's `team_id` and `enterprise_id`. Cached: rows come by the thousand,
workspaces do not."""
_REMEMBERED: dict[str, Callable[[Any], Any]] = {}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware in both directions. Refuses naive values, which are a bug."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Cache the last conversions: a transaction stores one moment dozens of times."""
        convert = super().bind_processor(dialect)
        return convert and _REMEMBERED.setdefault(dialect.name, lru_cache(maxsize=512)(convert))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002
        """Do not cache: SQLite stores text, and parsing it is faster than a look in a cache."""
        return _from_text if dialect.name == "sqlite" else _in_utc

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return _in_utc(value)


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Members(dict[Any, Any]):
    """The members of a closed set by their values. Any other value stands for itself."""

    def __missing__(self, value: Any) -> Any:
        return value


class Closed(TypeDecorator[Any]):
    """A member of a StrEnum, stored as its value: readable in SQL, no native enum to migrate.

    A value that this release does not know comes back as plain text, so that an older release can
    list a newer one's rows and leave them alone.
    """

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__(32)
        self.members = members
        self._known = _Members({member.value: member for member in members})

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002
        return self._known.__getitem__
