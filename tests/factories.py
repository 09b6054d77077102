"""Plain factories for the things in tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.act import Act, Role, Workspace
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.entries import NewEntry
from bot.domain.incidents.results import Opened, OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.policy import Policy
from bot.services.incidents.opening import open_incident
from bot.services.people.directory import remember_people
from bot.store.database import Database

WORKSPACE = Workspace("T0TOCSIN")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MEI, PRIYA, TOM, SOFIA, DANIEL = (
    UserId(user) for user in ("U0MEI", "U0PRIYA", "U0TOM", "U0SOFIA", "U0DANIEL")
)


def an_act(
    user: str = MEI,
    *,
    role: Role = Role.MANAGER,
    now: datetime = NOON,
    key: str | None = None,
    **after: float,
) -> Act:
    """An act of `user`. `minutes=5` moves it on from `now`."""
    return Act(WORKSPACE, UserId(user), role, now + timedelta(**after), key)


def a_draft(title: str = "Pile-on against a creator", **changes: Any) -> OpeningDraft:
    given: dict[str, Any] = {
        "severity": Severity.P1,
        "category": "harassment",
        "teams": (TeamKey("legal"), TeamKey("pr"), TeamKey("public-policy")),
    }
    return OpeningDraft(title=title, **{**given, **changes})


def an_incident(db: Database, policy: Policy, act: Act | None = None, **changes: Any) -> Opened:
    return open_incident(db, policy, act or an_act(), a_draft(**changes))


def people(db: Database, policy: Policy, **described: dict[str, Any]) -> None:
    """Store everyone in the policy in the directory. `U0TOM={"deleted": True}` describes one
    person.
    """
    ids = {*policy.people.values(), *described}
    users = [{"id": user, "name": user.lower(), **described.get(user, {})} for user in ids]
    remember_people(db, policy, WORKSPACE, users, NOON)


@dataclass(frozen=True, kw_only=True)
class EarlierEntry(NewEntry):
    """A timeline entry as an earlier release wrote it."""

    of: EntryKind
    told: Mapping[str, Any]

    def entry(self) -> Entry:
        return Entry(self.of, self.told)
