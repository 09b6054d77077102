"""Finds incidents by words. It reads them one by one, newest first, up to a limit on time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.access.visibility import Tier
from bot.domain.act import Workspace
from bot.domain.incidents.search_terms import ANYTHING, number_sought, numbers_sought
from bot.store.tables import Incident, WorkspaceRow
from bot.store.transaction import Transaction

LOOKED_AT = 50_000
"""The most incidents that one search reads, in about 0.1 s. A person waits, and Slack waits for
3 s at most."""


@dataclass(frozen=True, slots=True)
class Searched:
    """The incidents found, newest first. `older`: the search read no number below this one; None if
    it read all."""

    rows: list[Incident]
    older: int | None
    cut_short: bool
    """True if the search ended before it found `limit` incidents."""


def search(
    tx: Transaction,
    workspace: Workspace,
    words: Sequence[str],
    *,
    limit: int,
    before: int | None = None,
    looked_at: int = LOOKED_AT,
) -> Searched:
    """Find incidents that contain every word or phrase and are below `before`, newest first.

    This compares words with the titles and categories of standard incidents only: a match on a
    restricted one would reveal that it contains the word. Restricted incidents match by codename.
    An incident whose reference is among the words is found however old it is.
    """
    newest = tx.execute(
        select(col(WorkspaceRow.newest_number)).where(
            col(WorkspaceRow.team_id) == workspace.team_id
        )
    ).scalar()
    top = min(newest or 0, before - 1 if before is not None else newest or 0)
    bottom = max(top - looked_at, 0)
    number = col(Incident.number)
    alike = [
        col(Incident.team_id) == workspace.team_id,
        col(Incident.drill).is_(False),
        *(_anywhere(tx, word) for word in words),
    ]
    order = select_rows(Incident).where(*alike).order_by(number.desc()).limit(limit)
    rows = tx.all(order.where(number > bottom, number <= top))
    if len(rows) == limit:
        last = rows[-1].number
        return Searched(rows, last if last > 1 else None, cut_short=False)
    named = [one for word in words if (one := number_sought(word)) is not None and one <= bottom]
    if named:
        rows += tx.all(order.where(number.in_(named)))
    return Searched(rows, bottom + 1 if bottom else None, cut_short=True)


def _anywhere(tx: Transaction, word: str) -> ColumnElement[bool]:
    standard = col(Incident.tier) == Tier.STANDARD
    found = or_(
        # Standard incidents do not match by codename, because no one ever sees theirs.
        (col(Incident.tier) == Tier.RESTRICTED) & _has(tx, col(Incident.codename), word),
        standard & _has(tx, col(Incident.title), word),
        standard & _has(tx, col(Incident.category), word),
    )
    number, begins = number_sought(word), numbers_sought(word)
    if begins is not None:
        return or_(found, cast(col(Incident.number), String).like(f"{begins}%"))
    return found if number is None else or_(found, col(Incident.number) == number)


def _has(tx: Transaction, column: Any, word: str) -> ColumnElement[bool]:
    like = f"%{_escaped(word.lower()).replace(ANYTHING, '%')}%"
    # SQLite's LIKE ignores case in ASCII. Other letters need a function in Python, which takes ten
    # times as long.
    folded = column if tx.dialect == "sqlite" and word.isascii() else func.lower(column)
    found: ColumnElement[bool] = folded.like(like, escape="\\")
    return found


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def by_codename(tx: Transaction, workspace: Workspace, codename: str) -> list[int]:
    """Return the numbers of the restricted incidents with this codename, the newest first."""
    number = col(Incident.number)
    wanted = select(number).where(
        col(Incident.team_id) == workspace.team_id,
        col(Incident.drill).is_(False),
        col(Incident.tier) == Tier.RESTRICTED,
        col(Incident.codename) == codename,
    )
    return list(tx.execute(wanted.order_by(number.desc()).limit(3)).scalars())
