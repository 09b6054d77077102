"""The shape of each kind of request: what has to be there, and what each part may not be.

Written down by hand: in the hail of `tests/fuzz` a check that is lost would pass unseen.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from handlers.http.wellformed import wrong_part
from tests.fuzz.junk import MISSING, Place, put

USER = {"id": "U0MEI", "team_id": "T0TOCSIN"}
TEAM = {"id": "T0TOCSIN", "enterprise_id": "E0GRID"}
FIELD = {
    "value": "a text",
    "selected_option": {"value": "P1"},
    "selected_options": [{"value": "P1"}],
    "selected_user": "U0TOM",
    "selected_users": ["U0TOM"],
}
VIEW = {
    "id": "V1",
    "app_installed_team_id": "T0TOCSIN",
    "hash": "1.a",
    "type": "modal",
    "callback_id": "form_open",
    "private_metadata": "",
    "blocks": [{"type": "input", "block_id": "title"}],
    "state": {"values": {"title": {"title": FIELD}}},
}
ANY: dict[str, Any] = {
    "user": USER,
    "team": TEAM,
    "enterprise": {"id": "E0GRID"},
    "trigger_id": "1.2.abc",
    "response_url": "https://hooks.slack.com/actions/1",
    "container": {"thread_ts": "1.1"},
}
CLICK = {
    "action_id": "page_acknowledge",
    "block_id": "b",
    "value": "01PAGE",
    "selected_option": {"value": "30m:01PAGE"},
}
MEMBER = {"id": "U0NEW", "real_name": "New", "profile": {"display_name": "new"}}


def event(kind: str, **parts: Any) -> dict[str, Any]:
    homes = {"team_id": "T0TOCSIN", "enterprise_id": "E0GRID"}
    return {
        "type": "event_callback",
        **homes,
        "event_id": "Ev1",
        "authorizations": [homes],
        "event": {"type": kind, **parts},
    }


PAYLOADS: dict[str, dict[str, Any]] = {
    "command": {
        "command": "/escalate",
        "user_id": "U0MEI",
        "text": "open p1 It begins",
        "channel_id": "C0GENERAL",
        "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.com/commands/1",
        "team_id": "T0TOCSIN",
        "enterprise_id": "E0GRID",
    },
    "click": {"type": "block_actions", **ANY, "actions": [CLICK], "view": VIEW},
    "form": {"type": "view_submission", **ANY, "view": VIEW},
    "closed": {"type": "view_closed", **ANY, "view": VIEW},
    "shortcut": {"type": "shortcut", **ANY, "callback_id": "escalate"},
    "on a message": {
        "type": "message_action",
        **ANY,
        "callback_id": "escalate_message",
        "channel": {"id": "C0GENERAL"},
        "message_ts": "1.1",
        "message": {"ts": "1.1", "thread_ts": "1.1"},
    },
    "home": event("app_home_opened", user="U0MEI", tab="home"),
    "mention": event("app_mention", user="U0MEI", channel="C0GENERAL", thread_ts="1.1"),
    "to us": event("message", channel_type="im", user="U0MEI", channel="D1", thread_ts="1.1"),
    "reaction": event(
        "reaction_added",
        user="U0MEI",
        item_user="U0TOM",
        item={"type": "message", "channel": "C0GENERAL", "ts": "1.1"},
    ),
    "changed": event("user_change", user=MEMBER),
    "joined": event("team_join", user=MEMBER),
    "group": event("subteam_updated", subteam={"id": "S1", "users": ["U0MEI"]}),
    "members": event("subteam_members_changed", subteam_id="S1"),
    "archived": event("channel_archive", channel="C0ESC1"),
    "archived, private": event("group_archive", channel="C0ESC1"),
    "brought back": event("channel_unarchive", channel="C0ESC1"),
    "brought back, private": event("group_unarchive", channel="C0ESC1"),
    "came": event("member_joined_channel", user="U0TOM", channel="C0ESC1", inviter="U0MEI"),
    "left": event("member_left_channel", user="U0TOM", channel="C0ESC1"),
    "verification": {"type": "url_verification", "challenge": "abc"},
    "limited": {"type": "app_rate_limited", "team_id": "T0TOCSIN"},
}

OF_AN_INTERACTION = {"type", "user", "user.id"}
OF_A_DEED = OF_AN_INTERACTION | {"trigger_id"}
OF_A_VIEW = {"view", "view.id", "view.hash", "view.blocks.0.type"}
OF_A_FIELD = {
    "view.state.values.title.title.selected_option.value",
    "view.state.values.title.title.selected_options.0.value",
}
OF_AN_EVENT = {"type", "event", "event.type"}
NEEDED = {
    "command": {"command", "user_id", "trigger_id"},
    "click": OF_A_DEED
    | {"actions", "actions.0.action_id", "team.id", "enterprise.id"}
    | (OF_A_VIEW - {"view"})
    | OF_A_FIELD,
    "form": OF_AN_INTERACTION
    | {"team.id", "enterprise.id", "view.callback_id"}
    | OF_A_VIEW
    | OF_A_FIELD,
    "closed": OF_AN_INTERACTION | {"team.id", "enterprise.id"} | OF_A_VIEW | OF_A_FIELD,
    "shortcut": OF_A_DEED | {"team.id", "enterprise.id", "callback_id"},
    "on a message": OF_A_DEED | {"team.id", "enterprise.id", "callback_id", "channel.id"},
    "home": OF_AN_EVENT | {"event.user"},
    "mention": OF_AN_EVENT,
    "to us": OF_AN_EVENT | {"event.channel"},
    "reaction": OF_AN_EVENT | {"event.user"},
    "changed": OF_AN_EVENT | {"event.user", "event.user.id"},
    "joined": OF_AN_EVENT | {"event.user", "event.user.id"},
    "group": OF_AN_EVENT | {"event.subteam", "event.subteam.id"},
    "members": OF_AN_EVENT | {"event.subteam_id"},
    "archived": OF_AN_EVENT | {"event.channel"},
    "archived, private": OF_AN_EVENT | {"event.channel"},
    "brought back": OF_AN_EVENT | {"event.channel"},
    "brought back, private": OF_AN_EVENT | {"event.channel"},
    "came": OF_AN_EVENT | {"event.user", "event.channel"},
    "left": OF_AN_EVENT | {"event.user", "event.channel"},
    "verification": {"type", "challenge"},
    "limited": {"type", "team_id"},
}
"""Without one of these a request is no longer what it was; it is refused, or is of another kind."""

ANOTHER_KIND = {"command": {"command"}, "to us": {"event.channel_type"}}
"""What is left out of these may be any other kind, which is checked on its own."""


def every(payload: Any, path: Place = ()) -> Iterator[Place]:
    if path:
        yield path
    if isinstance(payload, dict):
        for key, value in payload.items():
            yield from every(value, (*path, key))
    elif isinstance(payload, list):
        for place, value in enumerate(payload):
            yield from every(value, (*path, place))


def with_(kind: str, place: Place, value: Any) -> dict[str, Any]:
    payload = copy.deepcopy(PAYLOADS[kind])
    put(payload, place, value)
    return payload


def named(place: Place) -> str:
    return ".".join(map(str, place))


@pytest.mark.parametrize("kind", PAYLOADS)
def test_what_slack_sends_is_taken(kind: str) -> None:
    assert wrong_part(PAYLOADS[kind]) is None


@pytest.mark.parametrize("kind", PAYLOADS)
def test_what_is_needed_has_to_be_there_and_nothing_else(kind: str) -> None:
    missing = {
        named(place)
        for place in every(PAYLOADS[kind])
        # A list with one member less is a list.
        if not isinstance(place[-1], int) and wrong_part(with_(kind, place, MISSING)) is not None
    }
    assert missing == NEEDED[kind]


@pytest.mark.parametrize("kind", PAYLOADS)
@pytest.mark.parametrize("junk", [7, True, ["x"], [[]]], ids=str)
def test_no_part_is_a_number_or_a_list_of_other_things(kind: str, junk: Any) -> None:
    taken = [
        named(place)
        for place in every(PAYLOADS[kind])
        if wrong_part(with_(kind, place, junk)) is None
        and named(place) not in ANOTHER_KIND.get(kind, ())
        # A list of ids takes a list of ids.
        and not (junk == ["x"] and named(place).endswith("users"))
    ]
    assert taken == []


IDS = ("user", "user_id", "id", "team_id", "enterprise_id", "channel", "channel_id", "subteam_id")


@pytest.mark.parametrize("kind", PAYLOADS)
@pytest.mark.parametrize("junk", ["<!channel>", "U" * 33, "U0 MEI", "U0MEI\n", "a/b"])
def test_an_id_is_one_word_as_long_as_the_store_keeps(kind: str, junk: str) -> None:
    taken = [
        named(place)
        for place in every(PAYLOADS[kind])
        if place[-1] in IDS
        # A view's own id may be longer, and is stored nowhere.
        and place != ("view", "id")
        and wrong_part(with_(kind, place, junk)) is None
    ]
    assert taken == []


KEYS = ("trigger_id", "event_id", "hash", "ts", "thread_ts", "message_ts")


@pytest.mark.parametrize("kind", PAYLOADS)
@pytest.mark.parametrize("junk", ["a b", "x" * 151, "é", "a\n"])
def test_a_key_is_printable_and_no_longer_than_the_store_keeps(kind: str, junk: str) -> None:
    taken = [
        named(place)
        for place in every(PAYLOADS[kind])
        if place[-1] in KEYS and wrong_part(with_(kind, place, junk)) is None
    ]
    assert taken == []


@pytest.mark.parametrize("kind", [kind for kind, one in PAYLOADS.items() if "response_url" in one])
@pytest.mark.parametrize("junk", ["ftp://x", "javascript:1", "https://", "http://a b", "x"])
def test_an_address_is_one_of_the_web(kind: str, junk: str) -> None:
    assert wrong_part(with_(kind, ("response_url",), junk)) == "response_url"


def test_a_click_is_on_something() -> None:
    assert wrong_part(with_("click", ("actions",), [])) == "actions"


@pytest.mark.parametrize("kind", ["dialog_submission", "block_suggestion", "", None, 7])
def test_a_kind_that_our_app_does_not_ask_for_is_refused(kind: Any) -> None:
    assert wrong_part({**PAYLOADS["click"], "type": kind}) == "type"


def test_an_event_that_is_not_described_is_left_to_bolt() -> None:
    assert wrong_part(event("channel_rename", channel=7)) is None
