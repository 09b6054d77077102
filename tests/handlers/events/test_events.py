"""Events: the home tab, pushpins, people, groups, channels, mentions."""

import json
from typing import Any

import pytest

from bot.domain.act import Role
from bot.domain.incidents.timeline import EntryKind
from bot.services.access import identity
from bot.services.incidents import lifecycle
from bot.services.people import directory
from bot.store.database import Database
from bot.store.tables.states import ChannelState
from playground.driver import texts
from playground.state.records import UserGroup
from tests.factories import TOM, WORKSPACE
from tests.handlers.requests import Answered, send
from tests.handlers.stage import BYSTANDER, HOME_URL, Stage


def event_body(event: dict[str, Any], event_id: str = "Ev1") -> bytes:
    return json.dumps(
        {
            "type": "event_callback",
            "team_id": WORKSPACE.team_id,
            "api_app_id": "A1",
            "event_id": event_id,
            "event_time": 1,
            "event": event,
            "authorizations": [{"team_id": WORKSPACE.team_id, "is_bot": True, "user_id": "U0BOT"}],
        }
    ).encode()


async def happens(stage: Stage, event: dict[str, Any], event_id: str = "Ev1") -> Answered:
    answered = await send(
        stage.url, event_body(event, event_id), {"content-type": "application/json"}
    )
    await stage.settled()
    return answered


async def test_opening_the_home_tab_has_it_drawn(stage: Stage) -> None:
    await stage.person("mei").open_home()
    await stage.settled()
    [home] = stage.deliveries("home")
    assert home.target == "U0MEI"


async def test_a_pushpin_in_an_incidents_channel_keeps_the_address_and_the_author(
    stage: Stage,
) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    await stage.person("tom").say("a very private sentence", "esc-1")
    message = stage.slack.messages("esc-1")[-1]
    pin = {
        "type": "reaction_added",
        "user": "U0MEI",
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C0ESC1", "ts": message.ts},
        "item_user": TOM,
    }
    assert (await happens(stage, pin)).status == 200
    assert (await happens(stage, pin)).status == 200
    entries = [e for e in stage.details(opened.head.id).entries if e.kind is EntryKind.MESSAGE]
    [entry] = entries
    ts = message.ts.replace(".", "")
    assert entry.data == {
        "permalink": f"{HOME_URL}archives/C0ESC1/p{ts}",
        "author": TOM,
        "pinned_by": "U0MEI",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"reaction": "eyes"},
        {"user": "U0GUS"},
        {"user": "U0NICK"},
        {"item": {"type": "message", "channel": "C0GENERAL", "ts": "1.1"}},
        {"item": {"type": "file", "file": "F1"}},
    ],
)
async def test_other_reactions_are_let_be(stage: Stage, change: dict[str, Any]) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    before = stage.details(opened.head.id).entries
    pin: dict[str, Any] = {
        "type": "reaction_added",
        "user": "U0MEI",
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C0ESC1", "ts": "1.1"},
        "item_user": TOM,
    }
    assert (await happens(stage, pin | change)).status == 200
    assert stage.details(opened.head.id).entries == before


async def test_an_event_that_failed_is_asked_for_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    pin = {
        "type": "reaction_added",
        "user": "U0MEI",
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C0ESC1", "ts": "1.1"},
        "item_user": TOM,
    }

    def broken(*_given: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(lifecycle, "capture_message", broken)
    assert (await happens(stage, pin)).status == 503
    monkeypatch.undo()
    assert (await happens(stage, pin)).status == 200
    kinds = [e.kind for e in stage.details(opened.head.id).entries]
    assert kinds.count(EntryKind.MESSAGE) == 1


def role_of(db: Database, stage: Stage, user: str) -> Role | None:
    act = identity.identify(db, stage.policy, WORKSPACE, user, stage.clock.now())
    return act.role if act else None


async def test_somebody_who_leaves_loses_their_role(stage: Stage, db: Database) -> None:
    assert role_of(db, stage, TOM) is Role.RESPONDER
    left = {"type": "user_change", "user": {"id": TOM, "name": "tom", "deleted": True}}
    assert (await happens(stage, left)).status == 200
    assert role_of(db, stage, TOM) is Role.NOBODY
    back = {"type": "team_join", "user": {"id": TOM, "name": "tom"}}
    await happens(stage, back, "Ev2")
    assert role_of(db, stage, TOM) is Role.RESPONDER


async def test_members_of_a_user_group_have_its_role(stage: Stage, db: Database) -> None:
    assert role_of(db, stage, "U0NICK") is Role.NOBODY
    joined = {
        "type": "subteam_updated",
        "subteam": {"id": "S0LEADS", "users": ["U0NICK"]},
    }
    await happens(stage, joined)
    assert role_of(db, stage, "U0NICK") is Role.MANAGER
    empty = {"type": "subteam_updated", "subteam": {"id": "S0LEADS", "users": []}}
    await happens(stage, empty, "Ev2")
    assert role_of(db, stage, "U0NICK") is Role.NOBODY
    other = {"type": "subteam_updated", "subteam": {"id": "S0OTHER", "users": ["U0NICK"]}}
    await happens(stage, other, "Ev3")
    assert role_of(db, stage, "U0NICK") is Role.NOBODY


async def test_a_difference_in_a_group_has_all_members_asked_for(
    stage: Stage, db: Database
) -> None:
    group = UserGroup("S0LEADS", "leads", "Leads", ["U0NICK"])
    stage.slack.slack.workspace.add_group(group)
    changed = {"type": "subteam_members_changed", "subteam_id": "S0LEADS"}
    await happens(stage, changed)
    assert role_of(db, stage, "U0NICK") is Role.MANAGER


@pytest.mark.parametrize("kind", ["channel_archive", "group_archive"])
async def test_an_archived_channel_is_known_to_be_archived(stage: Stage, kind: str) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    assert (
        await happens(stage, {"type": kind, "channel": "C0ESC1", "user": "U0MEI"})
    ).status == 200
    assert stage.incidents()[0].room is ChannelState.ARCHIVED
    assert (await happens(stage, {"type": kind, "channel": "C0GENERAL"}, "Ev2")).status == 200


async def test_a_mention_is_answered_to_that_person_alone(stage: Stage) -> None:
    general = stage.slack.channel("general")
    stage.slack.slack.rooms.add_member(general, stage.slack.slack.app.user_id)
    said = {"type": "app_mention", "channel": "C0GENERAL", "user": "U0MEI", "ts": "1.1"}
    await happens(stage, said)
    assert "/escalate help" in texts(stage.person("mei").sees("general")[-1])
    assert "/escalate help" not in "".join(map(texts, stage.person("tom").sees("general")))


@pytest.mark.parametrize("kind", ["message", "file_shared", "some_event_of_next_year"])
async def test_events_that_concern_nobody_are_taken_quietly(
    stage: Stage, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    answered = await happens(
        stage, {"type": kind, "channel": "C0GENERAL", "user": "U0MEI", "text": "secret"}
    )
    assert answered.status == 200
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "how",
    [
        {"type": "subteam_updated", "subteam": {"id": "S0TNS", "users": []}},
        {
            "type": "subteam_updated",
            "subteam": {"id": "S0TNS", "date_delete": 1_700_000_000, "users": ["U0NICK"]},
        },
        {"type": "subteam_members_changed", "subteam_id": "S0TNS"},
    ],
    ids=["emptied", "deleted", "gone when it is asked for"],
)
async def test_a_group_that_ends_takes_its_role_with_it_at_once(
    stage: Stage, db: Database, caplog: pytest.LogCaptureFixture, how: dict[str, Any]
) -> None:
    directory.remember_group(db, WORKSPACE, "S0TNS", [BYSTANDER])
    before = identity.identify(db, stage.policy, WORKSPACE, BYSTANDER, stage.clock.now())
    assert before is not None
    assert before.role is not Role.NOBODY
    stage.slack.slack.workspace.groups.pop("S0TNS", None)
    assert (await happens(stage, how)).status == 200
    after = identity.identify(db, stage.policy, WORKSPACE, BYSTANDER, stage.clock.now())
    assert after is not None
    assert after.role is Role.NOBODY
    assert "its role is withdrawn" in caplog.text
