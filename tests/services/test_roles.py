"""Roles come from the policy: by name, by Slack user group; never for outsiders."""

from dataclasses import replace

import pytest

from bot.domain.act import Role
from bot.policy import Policy
from bot.services import access, directory
from bot.store.database import Database
from tests.factories import NOON, WORKSPACE, people

BAO = "U0BAO"
GROUP = "S0TNS"


@pytest.fixture
def grouped(policy: Policy) -> Policy:
    """A policy in which nobody but a group's members has a role beside the teams."""
    return replace(policy, roles=replace(policy.roles, people={}, groups={GROUP: Role.MANAGER}))


def role_of(db: Database, policy: Policy, user: str) -> Role | None:
    act = access.identify(db, policy, WORKSPACE, user, NOON)
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


def test_somebody_unknown_has_to_be_asked_for(db: Database, grouped: Policy) -> None:
    directory.remember_group(db, WORKSPACE, GROUP, ["U0UNHEARD"])
    assert role_of(db, grouped, "U0UNHEARD") is None
