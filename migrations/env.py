"""Alembic's entry: the engine is handed in by the product."""

from alembic import context
from sqlmodel import SQLModel

import bot.store.tables  # noqa: F401  (fills the metadata)

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=False
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
