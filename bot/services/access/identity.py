"""Finds out who is asking: their role, and whether they are kept out of all incidents."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.access.rights import Deed
from bot.domain.act import Act, Role, Workspace
from bot.domain.errors import Stranger
from bot.domain.ids import UserId
from bot.domain.people.time_zone import zone_named
from bot.policy import Policy
from bot.services.locked import lock_incident
from bot.store.database import Database
from bot.store.people import people_and_groups
from bot.store.tables import Person
from bot.store.transaction import Transaction


def identify(
    db: Database,
    policy: Policy,
    workspace: Workspace,
    user: str,
    now: datetime,
    key: str | None = None,
) -> Act | None:
    """Return the person's act with their role; None if Slack has not told us of them yet.

    Guests, external and deactivated people are NOBODY, whatever the policy says.
    """
    act = Act(workspace, UserId(user), Role.NOBODY, now, key)
    with db.reading() as tx:
        person, groups = people_and_groups.in_groups(tx, workspace, user)
        return None if person is None else _as(policy, act, person, groups)


def name_of(db: Database, workspace: Workspace, user: str) -> str:
    """Return a person's name in Slack."""
    with db.reading() as tx:
        return people_and_groups.name_of(people_and_groups.person(tx, workspace, user))


def recognised(tx: Transaction, policy: Policy, act: Act) -> Act:
    """Return the act with its person's role. Raises Stranger if the person is unknown or counts as
    gone: they are acting, so Slack knows better, and the caller has to ask it.
    """
    person, groups = people_and_groups.in_groups(tx, act.workspace, act.user)
    if person is None or person.gone:
        raise Stranger
    return _as(policy, act, person, groups)


def _as(policy: Policy, act: Act, person: Person, groups: list[str]) -> Act:
    gone = person.gone and not (person.outsider or person.is_bot)
    role = _role(policy, person, groups)
    return replace(act, role=role, kept_out=_kept_out(person), gone=gone)


def _kept_out(person: Person) -> bool:
    return person.outsider or person.gone or person.is_bot


def _role(policy: Policy, person: Person, groups: list[str]) -> Role:
    if _kept_out(person):
        return Role.NOBODY
    return policy.role_of(UserId(person.user_id), groups)


def zone_of(db: Database, policy: Policy, act: Act) -> ZoneInfo:
    """Return the person's time zone; the policy's if Slack gives none or an unknown one."""
    with db.reading() as tx:
        return zone_in(tx, policy, act.workspace, act.user)


def zone_in(tx: Transaction, policy: Policy, workspace: Workspace, user: str) -> ZoneInfo:
    """Return the same as `zone_of`, for any person and within an open transaction."""
    person = people_and_groups.person(tx, workspace, user)
    return zone_named(person.zone if person else "", policy.default_zone)


def enter(db: Database, act: Act, incident_id: str) -> None:
    """Invite a person who may read an incident into its private channel."""
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.READ, ended_too=True) as locked,
    ):
        locked.let_in(act.user)


def role_in(tx: Transaction, policy: Policy, workspace: Workspace, user: str) -> Role:
    """Return a person's role; if Slack has not described them yet, the policy's answer."""
    person, groups = people_and_groups.in_groups(tx, workspace, user)
    return _role(policy, person, groups) if person else policy.role_of(UserId(user), [])
