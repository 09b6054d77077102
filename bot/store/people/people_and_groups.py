"""People and user groups, as Slack has described them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.recorded import NAMELESS
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import DirectoryRead, GroupMember, Person
from bot.store.tables.directory import DescribedPerson
from bot.store.transaction import Transaction, as_object, insert_or

# Runs at every request, so it is built once.
_PERSON = Prepared(
    select_rows(Person).where(
        col(Person.team_id) == bindparam("team"), col(Person.user_id) == bindparam("user")
    )
)
_IN_GROUPS = Prepared(
    select_rows(Person)
    .add_columns(col(GroupMember.group_id))
    .outerjoin(
        GroupMember,
        (col(GroupMember.team_id) == col(Person.team_id))
        & (col(GroupMember.user_id) == col(Person.user_id)),
    )
    .where(col(Person.team_id) == bindparam("team"), col(Person.user_id) == bindparam("user"))
)


@cache
def _gone(dialect: str) -> Prepared:
    return Prepared(
        select(col(Person.user_id)).where(
            col(Person.team_id) == bindparam("team"),
            one_of(dialect, col(Person.user_id), "users"),
            col(Person.gone) | col(Person.is_bot) | col(Person.outsider),
        )
    )


@cache
def _described(dialect: str) -> Prepared:
    wanted = insert_or(dialect, Person)
    told = ("name", "zone", "outsider", "gone", "is_bot", "seen_at")
    return Prepared(
        wanted.on_conflict_do_update(
            index_elements=[col(Person.team_id), col(Person.user_id)],
            set_={name: wanted.excluded[name] for name in told},
        )
    )


def person(tx: Transaction, workspace: Workspace, user_id: str) -> Person | None:
    found = tx.read(_PERSON, team=workspace.team_id, user=user_id)
    return as_object(Person, found[0]) if found else None


def name_of(known: Person | None) -> str:
    """Return a person's name in Slack, or NAMELESS. Earlier releases stored the id as the name of
    people without one."""
    return known.name if known is not None and known.name not in ("", known.user_id) else NAMELESS


def people(tx: Transaction, workspace: Workspace, ids: Collection[str]) -> dict[str, Person]:
    rows = tx.all(
        select_rows(Person).where(
            col(Person.team_id) == workspace.team_id, col(Person.user_id).in_(list(ids))
        )
    )
    return {row.user_id: row for row in rows}


def in_groups(
    tx: Transaction, workspace: Workspace, user_id: str
) -> tuple[Person | None, list[str]]:
    """Return a person and the user groups that they are in."""
    rows = tx.read(_IN_GROUPS, team=workspace.team_id, user=user_id)
    groups = [group for row in rows if (group := row.pop("group_id")) is not None]
    return (as_object(Person, rows[0]) if rows else None), groups


def gone(tx: Transaction, workspace: Workspace, ids: Collection[str]) -> frozenset[str]:
    """Return the people whom it is useless to page: deactivated people, bots, and guests, who have
    no rights."""
    rows = tx.read(_gone(tx.dialect), team=workspace.team_id, users=list(ids))
    return frozenset(row["user_id"] for row in rows)


def of_direct_messages(
    tx: Transaction, workspace: Workspace, channels: Collection[str]
) -> dict[str, str]:
    """Return the person behind each direct-message channel with the app, if we know them."""
    if not channels:
        return {}
    mine = (col(Person.team_id) == workspace.team_id, col(Person.dm_channel).in_(list(channels)))
    rows = tx.execute(select(col(Person.dm_channel), col(Person.user_id)).where(*mine))
    return {row["dm_channel"]: row["user_id"] for row in rows.mappings()}


def remember(tx: Transaction, rows: Iterable[DescribedPerson]) -> None:
    """Store people as Slack describes them now. Keeps `dm_channel`, which Slack does not send."""
    # In one order everywhere: two replicas that store the same people cannot deadlock.
    tx.run(_described(tx.dialect), sorted(rows, key=lambda row: row["user_id"]))


def remember_dm(tx: Transaction, workspace: Workspace, user_id: str, channel: str) -> None:
    tx.execute(
        update(Person)
        .where(col(Person.team_id) == workspace.team_id, col(Person.user_id) == user_id)
        .values(dm_channel=channel)
    )


def remember_group(
    tx: Transaction, workspace: Workspace, group_id: str, users: Iterable[str]
) -> int:
    """Replace a group's members; return how many there were before."""
    before = tx.changed(
        delete(GroupMember).where(
            col(GroupMember.team_id) == workspace.team_id, col(GroupMember.group_id) == group_id
        )
    )
    rows = [
        {
            "team_id": workspace.team_id,
            "enterprise_id": workspace.enterprise_id,
            "group_id": group_id,
            "user_id": user,
        }
        for user in sorted(set(users))
    ]
    tx.insert_new(GroupMember, *rows)
    return before


def mark_read(tx: Transaction, workspace: Workspace, part: str) -> None:
    """Record that a part of the directory has been read once."""
    row = {
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "part": part,
    }
    tx.insert_new(DirectoryRead, row)


def parts_read(tx: Transaction, workspace: Workspace) -> frozenset[str]:
    read = select(col(DirectoryRead.part)).where(col(DirectoryRead.team_id) == workspace.team_id)
    return frozenset(tx.execute(read).scalars())


def mark_gone(tx: Transaction, workspace: Workspace, user_id: str, now: datetime) -> None:
    """Record that a person can no longer be reached, even if we did not know them."""
    marked = tx.changed(
        update(Person)
        .where(col(Person.team_id) == workspace.team_id, col(Person.user_id) == user_id)
        .values(gone=True, seen_at=now)
    )
    if not marked:
        tx.insert_new(
            Person,
            {
                "team_id": workspace.team_id,
                "enterprise_id": workspace.enterprise_id,
                "user_id": user_id,
                "name": "",
                "gone": True,
                "seen_at": now,
                "zone": "",
                "outsider": False,
                "is_bot": False,
            },
        )
