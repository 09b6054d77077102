"""What the doctor says of the canary's channel."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.commandline.examining import Account, examined, settings_for, slack_with

CANARY = {"CANARY_EVERY": "15m", "CANARY_CHANNEL": "C0CANARY"}


def its_channel(**changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(cast: dict[str, Any]) -> None:
        described = {"id": "C0CANARY", "name": "canary", "members": ["U0MEI"], **changes}
        cast["channels"].append(described)

    return change


async def said(
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    change: Callable[[dict[str, Any]], None] | None,
    *,
    member: bool = False,
    **settings: str,
) -> list[str]:
    async with slack_with(change=change) as slack:
        if member:
            slack.slack.rooms.add_member(slack.channel("C0CANARY"), slack.slack.app.user_id)
        given = {**settings_for(slack, database_url), **(settings or CANARY)}
        account: Account = await examined(capsys, **given)
    return [
        line
        for line in account.said.splitlines()
        if line.partition(" ")[2].strip().startswith("canary")
    ]


async def test_a_channel_that_takes_canaries_is_well(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    [line] = await said(capsys, sqlite, its_channel(is_private=True), member=True)
    assert line.startswith("ok")
    assert "#canary (C0CANARY, CANARY_CHANNEL): the bot is a member" in line


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (None, "C0CANARY (CANARY_CHANNEL) is unknown to the bot (channel_not_found)"),
        (its_channel(is_private=True), "is unknown to the bot (channel_not_found)"),
        (its_channel(is_archived=True), "#canary (C0CANARY, CANARY_CHANNEL) is archived"),
    ],
)
async def test_a_channel_that_takes_none_is_named_with_what_to_do(
    capsys: pytest.CaptureFixture[str],
    sqlite: str,
    change: Callable[[dict[str, Any]], None] | None,
    complaint: str,
) -> None:
    [line] = await said(capsys, sqlite, change)
    assert line.startswith("FAIL")
    assert complaint in line


async def test_a_channel_in_which_the_bot_may_not_post_takes_none(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    [line] = await said(capsys, sqlite, its_channel(is_read_only=True), member=True)
    assert line.startswith("FAIL")
    assert "#canary (C0CANARY, CANARY_CHANNEL) does not accept posts from the bot" in line


async def test_a_channel_without_canaries_is_a_mistake_of_the_settings(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    [line] = await said(capsys, sqlite, None, CANARY_CHANNEL="C0CANARY")
    assert line.startswith("warn")
    assert "CANARY_EVERY is not" in line


async def test_nothing_is_said_where_no_canary_is_wanted(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    assert await said(capsys, sqlite, None, HOST="127.0.0.1") == []
