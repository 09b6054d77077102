"""The database's clock, which all replicas share."""

from datetime import datetime

from sqlalchemy import DateTime, func, select

from bot.store.transaction import Transaction

_CLOCK = select(func.clock_timestamp(type_=DateTime(timezone=True)))


def database_time(tx: Transaction) -> datetime:
    """Return the PostgreSQL server's time."""
    moment: datetime = tx.execute(_CLOCK).scalar_one()
    return moment
