"""Columns and declarations that the tables share."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from bot.store.sql.columns import Closed, Instant

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class Tenant(SQLModel):
    """The workspace to which a row belongs."""

    team_id: str = Field(max_length=32)
    enterprise_id: str | None = Field(default=None, max_length=32)


def moment(**options: Any) -> Any:
    """Declare a column that holds an aware UTC moment."""
    return Field(sa_type=Instant, **options)


def closed(members: type[StrEnum], **options: Any) -> Any:
    """Declare a column that holds a member of `members`."""
    return Field(sa_type=Closed(members), **options)


def json_column(**options: Any) -> Any:
    """Declare a column that holds JSON."""
    return Field(sa_type=JSON, **options)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Declare an index of some rows only. Writing the other rows costs nothing."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
