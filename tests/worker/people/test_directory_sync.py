"""The directory: everyone of the workspace, the policy's groups, and messages opened ahead."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from sqlalchemy import event

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.services.access import identity
from bot.services.people import directory
from bot.services.people.directory import Described
from bot.slack.client import SlackCalls, new_session, web_client
from bot.slack.errors import OutcomeUnknown, SlackError
from bot.store.access import participants
from bot.store.incidents import incident_rows
from bot.worker.people.direct_messages import DirectMessages
from bot.worker.people.directory_sync import DirectorySync
from playground.web.faults import FaultKind, FaultRule
from tests.factories import MEI, PRIYA, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

GROUP, HELEN = "S0TNS", "U0HELEN"


@asynccontextmanager
async def directory_of(rig: Rig) -> AsyncIterator[DirectorySync]:
    roles = replace(rig.policy.roles, groups={GROUP: Role.MEMBER, "S0NOWHERE": Role.ADMIN})
    rig.policy = replace(rig.policy, roles=roles)
    async with new_session(BRISK.http_timeout) as session:
        calls = SlackCalls(web_client("xoxb-playground", session, rig.slack.api_url))
        dms = DirectMessages(calls, rig.db, rig.threads)
        yield DirectorySync(calls, dms, rig.db, rig.policy, rig.clock, rig.threads, rig.figures)


async def test_what_slack_tells_is_stored_and_a_missing_group_stops_nothing(rig: Rig) -> None:
    members = rig.slack.slack.workspace.groups[GROUP].members
    async with directory_of(rig) as people:
        await people.sync(rig.workspace)
    for user in members:
        act = identity.identify(rig.db, rig.policy, rig.workspace, user, rig.clock.now())
        assert act is not None
        assert act.role >= Role.MEMBER
    guest = identity.identify(rig.db, rig.policy, rig.workspace, "U0GUS", rig.clock.now())
    assert guest is not None
    assert guest.role is Role.NOBODY


async def test_direct_messages_of_the_policys_people_are_opened_ahead(rig: Rig) -> None:
    async with directory_of(rig) as people:
        await people.sync(rig.workspace)
        opened = len(rig.slack.calls("conversations.open"))
        await people.sync(rig.workspace)
    assert opened == len(set(rig.policy.people.values()))
    assert len(rig.slack.calls("conversations.open")) == opened, "once, and then known"
    assert directory.dm_channels(rig.db, rig.workspace, [PRIYA])[PRIYA] is not None


async def test_after_a_restart_all_that_are_open_are_read_at_once(rig: Rig) -> None:
    statements = list[str]()
    async with directory_of(rig) as people:
        await people.sync(rig.workspace)
    opened = len(rig.slack.calls("conversations.open"))
    event.listen(rig.db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    async with directory_of(rig) as people:
        await people.sync(rig.workspace)
    assert len(rig.slack.calls("conversations.open")) == opened
    assert len(statements) < len(rig.policy.people)


async def test_a_direct_message_that_is_gone_is_opened_anew_once(rig: Rig) -> None:
    directory.remember_dm(rig.db, rig.workspace, PRIYA, "D0GONE")
    for pages in (1, 2):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        async with rig.working(ticking=False):
            await eventually(lambda: len(rig.dms_of(PRIYA)) == pages)  # noqa: B023
    opened = rig.slack.calls("conversations.open")
    assert [call.args["users"] for call in opened] == [PRIYA]
    [page, _] = rig.dms_of(PRIYA)
    assert directory.dm_channels(rig.db, rig.workspace, [PRIYA]) == {PRIYA: page.channel}


async def test_a_limit_of_slacks_leaves_out_nobody(rig: Rig) -> None:
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.RATE_LIMITED, "conversations.open", seconds=0.1, count=1)
    )
    async with directory_of(rig) as people:
        await people.sync(rig.workspace)
    policys = list(rig.policy.people.values())
    assert None not in directory.dm_channels(rig.db, rig.workspace, policys).values()


async def test_the_directory_is_known_once_all_of_it_has_been_read(rig: Rig) -> None:
    """A group that Slack refuses has been read; one whose answer makes no sense has not."""
    garbage = FaultRule(FaultKind.NO_PLACE, "usergroups.users.list", count=1)
    rig.slack.slack.faults.add(garbage)
    async with directory_of(rig) as people:
        assert not people.roles_known
        await people.sync(rig.workspace)
        assert not people.roles_known
        assert not people.complete
        await people.catch_up(rig.workspace)
        assert people.roles_known
        assert people.complete


async def test_groups_are_read_first_because_roles_come_from_them(rig: Rig) -> None:
    rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "users.list", error="internal_error"))
    async with directory_of(rig) as people:
        with pytest.raises(SlackError):
            await people.sync(rig.workspace)
        assert people.roles_known
        assert not people.complete


async def test_what_an_earlier_process_has_read_is_known_at_once(rig: Rig) -> None:
    async with directory_of(rig) as people:
        await people.sync(rig.workspace)
    rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "users.list", error="internal_error"))
    async with directory_of(rig) as people:
        with pytest.raises(SlackError):
            await people.sync(rig.workspace)
        assert people.complete


async def test_somebody_new_is_asked_for_and_nobody_is_not(rig: Rig) -> None:
    async with directory_of(rig) as people:
        assert await people.fetch_person(rig.workspace, "U0HELEN") is Described.STORED
        assert await people.fetch_person(rig.workspace, "U0NOBODY") is Described.NOT_KNOWN
        rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "users.info", error="fatal_error"))
        assert await people.fetch_person(rig.workspace, "U0HELEN") is Described.NO_ANSWER


async def test_who_is_said_to_have_left_is_asked_for_by_name_and_counts_in_again(
    rig: Rig,
) -> None:
    workspace = rig.slack.slack.workspace
    named = sorted(set(rig.policy.people.values()) & set(workspace.people))
    async with directory_of(rig) as people:
        for user in named:
            workspace.people[user].deleted = True
        await people.sync(rig.workspace)
        await people.ask_of_the_gone(rig.workspace)
        assert directory.left(rig.db, rig.workspace, named) == set(named)
        for user in named:
            workspace.people[user].deleted = False
        await people.ask_of_the_gone(rig.workspace)
        assert not directory.left(rig.db, rig.workspace, named)
        assert not people.none_is_left


async def test_an_invitation_ends_only_when_slack_says_by_name_that_its_person_has_left(
    rig: Rig,
) -> None:
    """The list alone may be wrong, and a person of whom Slack does not tell is not gone."""
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), tier=Tier.RESTRICTED, teams=()).head.id
    async with directory_of(rig) as people:
        await people.sync(rig.workspace)
        with rig.db.transaction() as tx:
            incident = incident_rows.get(tx, opened)
            assert incident is not None
            participants.invite(tx, incident, [HELEN], None, rig.clock.now(), belongs=False)
        rig.slack.slack.workspace.people[HELEN].deleted = True
        for fault in ("fatal_error", "user_not_found", None):
            rig.slack.slack.faults.clear()
            if fault is not None:
                rig.slack.slack.faults.add(
                    FaultRule(FaultKind.ERROR, "users.info", error=fault, user=HELEN)
                )
            with suppress(OutcomeUnknown):
                await people.sync(rig.workspace)
            with rig.db.reading() as tx:
                assert (HELEN in participants.seats(tx, opened)) is (fault is not None), fault
