"""A user group that was deleted or emptied grants nothing; a failure changes nothing."""

import logging
from dataclasses import replace

import pytest

from bot.domain.act import Role
from bot.domain.ids import UserId
from bot.services.access import identity
from playground.web.faults import FaultKind, FaultRule
from tests.worker.conftest import Rig
from tests.worker.people.test_directory_sync import GROUP, directory_of

TOLD = "A user group of the policy has no members now: its role is withdrawn"


def role_of(rig: Rig, user: str) -> Role:
    act = identity.identify(rig.db, rig.policy, rig.workspace, user, rig.clock.now())
    assert act is not None
    return act.role


def without_teams(rig: Rig) -> None:
    """What people are by their group alone."""
    rig.policy = replace(rig.policy, teams={}, managers_on_duty=())


def empty(rig: Rig) -> None:
    rig.slack.slack.workspace.groups[GROUP].members = []


def delete(rig: Rig) -> None:
    del rig.slack.slack.workspace.groups[GROUP]


@pytest.mark.parametrize("end", [empty, delete])
async def test_its_role_is_withdrawn_at_the_next_look_and_logged(
    rig: Rig, caplog: pytest.LogCaptureFixture, end: object
) -> None:
    assert callable(end)
    members = list(rig.slack.slack.workspace.groups[GROUP].members)
    without_teams(rig)
    async with directory_of(rig) as people:
        roles = replace(
            rig.policy.roles, everyone=Role.NOBODY, people={UserId(members[0]): Role.ADMIN}
        )
        rig.policy = replace(rig.policy, roles=roles)
        await people.sync(rig.workspace)
        assert role_of(rig, members[1]) is Role.MEMBER
        end(rig)
        with caplog.at_level(logging.WARNING):
            await people.sync(rig.workspace)
            await people.sync(rig.workspace)
    assert role_of(rig, members[1]) is Role.NOBODY
    assert role_of(rig, members[0]) is Role.ADMIN, "by name, whatever the group says"
    [line] = [one for one in caplog.records if one.getMessage() == TOLD]
    assert (line.__dict__["group"], line.__dict__["people"]) == (GROUP, len(members))


@pytest.mark.parametrize(
    "rule",
    [
        FaultRule(FaultKind.ERROR, "usergroups.users.list", error="missing_scope"),
        FaultRule(FaultKind.ERROR, "usergroups.users.list", error="plan_upgrade_required"),
        FaultRule(FaultKind.ERROR, "usergroups.users.list", error="token_revoked"),
        FaultRule(FaultKind.NO_PLACE, "usergroups.users.list"),
    ],
    ids=lambda rule: rule.error or "garbage",
)
async def test_while_slack_cannot_say_who_is_in_it_the_last_known_stay(
    rig: Rig, rule: FaultRule
) -> None:
    members = list(rig.slack.slack.workspace.groups[GROUP].members)
    without_teams(rig)
    async with directory_of(rig) as people:
        rig.policy = replace(rig.policy, roles=replace(rig.policy.roles, people={}))
        await people.sync(rig.workspace)
        rig.slack.slack.faults.add(rule)
        await people.sync(rig.workspace)
    assert role_of(rig, members[1]) is Role.MEMBER
