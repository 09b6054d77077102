"""Roles come from the policy: by name, by Slack user group; never for outsiders."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.act import Role, Workspace
from bot.policy import Policy
from bot.services.access import identity
from bot.services.people import directory
from bot.store.database import Database
from bot.store.people import people_and_groups as stored
from tests.factories import NOON, PRIYA, WORKSPACE, people

BAO = "U0BAO"
GROUP = "S0TNS"


@pytest.fixture
def grouped(policy: Policy) -> Policy:
    """A policy in which nobody but a group's members has a role beside the teams."""
    return replace(policy, roles=replace(policy.roles, people={}, groups={GROUP: Role.MANAGER}))


def role_of(db: Database, policy: Policy, user: str) -> Role | None:
    act = identity.identify(db, policy, WORKSPACE, user, NOON)
    return act.role if act else None


def test_a_group_gives_its_role_and_takes_it_back(db: Database, grouped: Policy) -> None:
    people(db, grouped, **{BAO: {}})
    before = role_of(db, grouped, BAO)
    directory.remember_group(db, WORKSPACE, GROUP, [BAO])
    assert role_of(db, grouped, BAO) is Role.MANAGER
    directory.remember_group(db, WORKSPACE, GROUP, ["U0MEI"])
    assert role_of(db, grouped, BAO) is before is not Role.MANAGER


@pytest.mark.parametrize(
    "told", [{"is_restricted": True}, {"is_stranger": True}, {"deleted": True}, {"is_bot": True}]
)
def test_no_group_gives_an_outsider_a_role(
    db: Database, grouped: Policy, told: dict[str, bool]
) -> None:
    people(db, grouped, **{BAO: told})
    directory.remember_group(db, WORKSPACE, GROUP, [BAO])
    assert role_of(db, grouped, BAO) is Role.NOBODY


OURS = Workspace("T1", "E1")
ANN = {"id": "U0ANN", "name": "ann"}


@pytest.mark.parametrize(
    ("told", "role"),
    [
        ({"team_id": "T1", "enterprise_user": {"enterprise_id": "E1"}}, Role.VIEWER),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, Role.VIEWER),
        ({"team_id": "E1"}, Role.VIEWER),
        ({"team_id": "T9", "enterprise_user": {"enterprise_id": "E9"}}, Role.NOBODY),
        ({"team_id": "T9", "is_stranger": False}, Role.NOBODY),
        ({"team_id": "T2", "is_stranger": True}, Role.NOBODY),
        ({"team_id": "T9", "enterprise_user": None}, Role.NOBODY),
        ({"team_id": "T9", "enterprise_user": {}}, Role.NOBODY),
        ({"team_id": "T9", "enterprise_user": "E1"}, Role.NOBODY),
        ({"team_id": "T9", "enterprise_user": ["E1"]}, Role.NOBODY),
        ({"team_id": "T9", "enterprise_user": {"enterprise_id": ["E1"]}}, Role.NOBODY),
        ({"team_id": 7, "enterprise_user": {"enterprise_id": 1}}, Role.NOBODY),
        ({"team_id": ["T1"]}, Role.NOBODY),
    ],
)
def test_in_a_grid_everyone_is_everyone_of_the_organisation(
    db: Database, policy: Policy, told: dict[str, Any], role: Role
) -> None:
    """Slack calls nobody a stranger who is in a channel that the app can see."""
    open_to_all = replace(policy, roles=replace(policy.roles, everyone=Role.VIEWER))
    directory.remember_people(db, policy, OURS, [{**ANN, **told}], NOON)
    act = identity.identify(db, open_to_all, OURS, "U0ANN", NOON)
    assert act is not None
    assert act.role is role


@pytest.mark.parametrize("theirs", ["T9", "E9", ["T0TOCSIN"]])
def test_without_a_grid_another_workspace_is_another_organisation(
    db: Database, policy: Policy, theirs: object
) -> None:
    open_to_all = replace(policy, roles=replace(policy.roles, everyone=Role.VIEWER))
    people(db, policy, U0ANN={"team_id": theirs, "enterprise_user": {"enterprise_id": "E9"}})
    assert role_of(db, open_to_all, "U0ANN") is Role.NOBODY


def test_somebody_unknown_has_to_be_asked_for(db: Database, grouped: Policy) -> None:
    directory.remember_group(db, WORKSPACE, GROUP, ["U0UNHEARD"])
    assert role_of(db, grouped, "U0UNHEARD") is None


def test_people_go_by_their_full_name(db: Database, policy: Policy) -> None:
    """Where there is no mention, as in an SMS, a nickname names no one."""
    told = {"name": "pri", "real_name": "Priya Nair", "profile": {"display_name": "pri 🌴"}}
    directory.remember_people(db, policy, WORKSPACE, [{"id": PRIYA, **told}], NOON)
    with db.reading() as tx:
        known = stored.person(tx, WORKSPACE, PRIYA)
    assert known is not None
    assert known.name == "Priya Nair"
