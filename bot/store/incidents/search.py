"""Incidents by words. A look at each of them, newest first, and at no more than is quick."""

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
"""Incidents that one search looks at: some 0.1 s. A person waits, and Slack for 3 s at most."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found, newest first. `older`: below which number nothing was looked at, or None."""

    rows: list[Incident]
    older: int | None
    cut_short: bool
    """Whether as many were looked at as may be; otherwise as many were found as are shown."""


def search(
    tx: Transaction,
    workspace: Workspace,
    words: Sequence[str],
    *,
    limit: int,
    before: int | None = None,
    looked_at: int = LOOKED_AT,
) -> Searched:
    """Find incidents that contain every word or phrase, newest first, those below `before`.

    Words are matched against titles and categories of standard incidents only: a match on a
    restricted one's would tell that the word is in it. It is found by its codename. One whose
    reference is among the words is found however old it is.
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
        # Of a standard one no one ever reads the codename.
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
    # SQLite's LIKE takes no notice of case in ASCII. For the rest there is a function of Python's,
    # which takes ten times as long.
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
