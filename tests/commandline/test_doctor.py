"""`python app.py doctor`, against a playground and real databases.

It is a process of its own where a test is about that: its exit, its folder, its limits, JSON.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.render.manifest import SCOPES
from bot.store.database import Database
from commandline.checks.findings import Level
from commandline.checks.slack import WITHOUT, clock_finding, token_finding
from playground.web.faults import FaultKind, FaultRule
from tests.commandline.examining import (
    APP_TOKEN,
    ROOT,
    channel,
    doctor,
    examined,
    keep_private,
    person,
    settings_for,
    slack_with,
)
from tests.databases import on_both


@on_both
async def test_all_is_well(tmp_path: Path, database_url: str) -> None:
    keep_private(database_url)
    async with slack_with() as slack:
        account = await doctor(tmp_path, **settings_for(slack, database_url))
    assert account.failing() == account.warning() == []
    assert account.status == 0
    assert "47 of 47 in the policy can be paged" in account.said
    assert f"all {len(SCOPES)} are granted" in account.said


async def test_a_missing_scope_is_named_with_what_stops_working(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    scopes = (*(s for s in SCOPES if s not in ("im:write", "pins:write")), "files:read")
    async with slack_with(scopes=scopes) as slack:
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert account.status == 1
    first, second = account.failing()
    assert "im:write is missing: no one can be paged" in first
    assert "pins:write is missing" in second
    assert "not used: files:read" in account.warning()[0]


async def test_what_a_missing_scope_hides_is_said_once(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    scopes = tuple(s for s in SCOPES if s != "users:read")
    async with slack_with(scopes=scopes) as slack:
        account = await examined(capsys, **settings_for(slack, sqlite))
        asked = len(slack.calls("users.info"))
    assert [line for line in account.warning() if "people: not checked" in line]
    assert asked == 1
    assert "C0LEADERSHIP" in account.said


async def test_a_revoked_token(capsys: pytest.CaptureFixture[str], sqlite: str) -> None:
    async with slack_with() as slack:
        slack.slack.app.revoked = True
        account = await examined(capsys, **settings_for(slack, sqlite))
        asked = slack.calls("users.info")
    assert account.status == 1
    assert account.failing() == ["FAIL token: Slack refuses the token (token_revoked)"]
    assert "Reinstall the app" in account.said
    assert asked == []


async def test_people_who_cannot_be_paged_are_named_with_their_teams(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    def change(cast: dict[str, Any]) -> None:
        for listed in (*cast["groups"], *cast["channels"]):
            listed["members"] = [user for user in listed["members"] if user != "U0TOM"]
        cast["people"].remove(person(cast, "U0TOM"))
        person(cast, "U0SOFIA")["deleted"] = True
        person(cast, "U0WEI")["is_restricted"] = True
        # Slack calls nobody a stranger who is in a channel with the bot, as in leadership's.
        person(cast, "U0AISHA")["is_stranger"] = True

    async with slack_with(change=change) as slack:
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert account.status == 1
    assert account.failing() == [
        "FAIL people: @tom (U0TOM, on Legal) is unknown to Slack (user_not_found)",
        "FAIL people: @sofia (U0SOFIA, on PR) is deactivated",
        "FAIL people: @wei (U0WEI, on Content Policy) is a guest",
        "FAIL people: @aisha (U0AISHA, on Global Response) belongs to another organisation",
    ]
    assert "43 of 47" in account.said
    assert "correct @tom under [people]" in account.said


async def test_channels_that_take_no_message_are_named_with_their_place(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    def change(cast: dict[str, Any]) -> None:
        channel(cast, "C0TNSWEEKLY")["is_archived"] = True

    async with slack_with(change=change) as slack:
        slack.channel("C0LEADERSHIP").members.remove(slack.slack.app.user_id)
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert account.status == 1
    hidden, archived = account.failing()
    assert "C0LEADERSHIP (digest 'leadership') is unknown to the bot" in hidden
    assert "#tns-weekly (C0TNSWEEKLY, digest 'content-policy') is archived" in archived


async def test_an_empty_and_an_unknown_user_group(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    def change(cast: dict[str, Any]) -> None:
        cast["groups"] = [{"id": "S0TNS", "handle": "trust-and-safety", "members": []}]

    async with slack_with(change=change) as slack:
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert "S0LEADS (roles.manager) cannot be read" in account.failing()[0]
    assert "S0TNS (roles.member) has no members" in account.warning()[0]


@on_both
async def test_an_unmigrated_database(
    capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    db = Database(database_url)
    with db.transaction() as tx:
        tx.execute(text("DROP TABLE alembic_version"))
    db.close()
    async with slack_with() as slack:
        account = await examined(capsys, **settings_for(slack, database_url))
    assert account.status == 1
    assert "is not migrated" in account.failing()[0]
    assert "python app.py migrate" in account.said


async def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    async with slack_with() as slack:
        account = await doctor(tmp_path, **settings_for(slack, "sqlite:///new.sqlite3"))
    assert account.failing() == ["FAIL database: new.sqlite3 does not exist yet, or is empty"]
    assert os.listdir(tmp_path) == []  # noqa: PTH208


@on_both
async def test_a_database_that_takes_no_write(
    capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    """A lock is held by somebody else."""
    db = Database(database_url)
    async with slack_with() as slack:
        with db.transaction() as tx:
            if not db.is_sqlite:
                tx.connection.exec_driver_sql('LOCK TABLE "limit" IN ACCESS EXCLUSIVE MODE')
            account = await examined(capsys, **settings_for(slack, database_url))
    db.close()
    assert account.status == 1
    assert account.failing()[0].startswith("FAIL database: a trial write failed. The database ")
    assert "is locked" in account.failing()[0]


async def test_a_disk_without_room_is_found_out_by_storing(tmp_path: Path, sqlite: str) -> None:
    """Files may not grow past this: a small row would find its place, an escalation would not."""
    limit = ["prlimit", "--fsize=200000"]
    async with slack_with() as slack:
        account = await doctor(tmp_path, before=limit, **settings_for(slack, sqlite))
    assert account.status == 1
    assert account.failing()[0].startswith("FAIL database: a trial write failed. ")


async def test_a_database_that_is_away_costs_no_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = "postgresql://tocsin:open-sesame@127.0.0.1:1/tocsin"
    async with slack_with() as slack:
        account = await examined(capsys, **settings_for(slack, url))
    assert account.status == 1
    assert "No database server answers at 127.0.0.1:1." in account.failing()[0]
    assert "open-sesame" not in account.said + account.aside


async def test_a_mistake_in_the_policy_is_named_by_line_and_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, sqlite: str
) -> None:
    policy = tmp_path / "policy.toml"
    shipped = (ROOT / "escalation.toml").read_text()
    policy.write_text(shipped.replace('on_call = ["@priya"', 'on_call = ["@prya"'))
    line = shipped.splitlines().index('on_call = ["@priya", "@tom", "@jamal"]') + 1
    async with slack_with() as slack:
        given = {**settings_for(slack, sqlite), "ESCALATION_POLICY": str(policy)}
        account = await examined(capsys, **given)
    assert account.status == 2
    [failing] = account.failing()
    assert f"line {line}, team.legal.on_call" in failing
    assert "did you mean '@priya'?" in failing
    assert "ok   token" in account.said


async def test_without_settings_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    account = await doctor(tmp_path)
    assert account.status == 2
    assert "settings: SLACK_BOT_TOKEN is not set" in account.failing()[0]
    assert "ok   policy" in account.said
    assert "FAIL database: tocsin.sqlite3 does not exist yet" in account.said


async def test_slack_that_is_not_there(capsys: pytest.CaptureFixture[str], sqlite: str) -> None:
    async with slack_with() as slack:
        given = {**settings_for(slack, sqlite), "SLACK_API_URL": "http://127.0.0.1:1/api/"}
        account = await examined(capsys, **given)
    assert account.status == 1
    assert account.failing() == [
        "FAIL slack: http://127.0.0.1:1/api/ cannot be reached (ClientConnectorError)"
    ]


@pytest.mark.parametrize("kind", [FaultKind.HTML_BODY, FaultKind.HTTP_500, FaultKind.RESET])
async def test_slack_that_answers_nonsense(
    capsys: pytest.CaptureFixture[str], sqlite: str, kind: FaultKind
) -> None:
    async with slack_with() as slack:
        slack.slack.faults.add(FaultRule(kind, "auth.test"))
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert account.status == 1
    assert "does not give a valid answer" in account.failing()[0]


async def test_an_outage_in_the_middle_ends_the_round(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    async with slack_with() as slack:
        slack.slack.faults.add(FaultRule(FaultKind.HTTP_500, "users.info", user="U0TOM"))
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert account.status == 1
    assert account.failing() == [
        f"FAIL people: {slack.api_url} does not give a valid answer (http 500)"
    ]
    assert "channels" not in account.said


async def test_a_rate_limit_is_waited_for_aloud(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    limit = FaultRule(FaultKind.RATE_LIMITED, "users.info", count=1, seconds=1)
    async with slack_with() as slack:
        slack.slack.faults.add(limit)
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert account.status == 0
    assert "Slack asks for a pause of 1 s; waiting." in account.aside
    assert "47 of 47" in account.said


async def test_a_long_rate_limit_is_not_waited_for(
    capsys: pytest.CaptureFixture[str], sqlite: str
) -> None:
    async with slack_with() as slack:
        slack.slack.faults.add(FaultRule(FaultKind.RATE_LIMITED, "users.info", seconds=3600))
        account = await examined(capsys, **settings_for(slack, sqlite))
    assert account.status == 1
    assert "asks for a pause of 3600 s" in account.failing()[0]


async def test_as_json(tmp_path: Path, sqlite: str) -> None:
    async with slack_with() as slack:
        given = {**settings_for(slack, sqlite), "SLACK_SIGNING_SECRET": "short"}
        account = await doctor(tmp_path, "--json", **given)
    found = json.loads(account.said)
    assert account.status == 0
    assert {tuple(each) for each in found} == {("level", "check", "what", "advice")}
    [odd] = [each for each in found if each["level"] != "ok"]
    assert (odd["level"], odd["check"]) == ("warn", "signing secret")
    assert odd["advice"]


async def test_socket_mode(capsys: pytest.CaptureFixture[str], sqlite: str) -> None:
    async with slack_with() as slack:
        given = {**settings_for(slack, sqlite), "SLACK_APP_TOKEN": APP_TOKEN}
        well = await examined(capsys, **given)
        ill = await examined(capsys, **{**given, "SLACK_APP_TOKEN": "xapp-another"})
    assert (well.status, well.failing()) == (0, [])
    assert "ok   socket mode: a connection can be opened" in well.said
    assert ill.failing() == ["FAIL socket mode: Slack refuses SLACK_APP_TOKEN (invalid_auth)"]


def test_every_scope_of_the_manifest_says_what_it_is_for() -> None:
    assert set(WITHOUT) == set(SCOPES)


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0, Level.OK), (-5, Level.OK), (6, Level.WARN), (-60, Level.WARN), (61, Level.FAIL)],
)
def test_a_clock_that_is_off(seconds: float, level: Level) -> None:
    assert clock_finding(timedelta(seconds=seconds)).level is level


def test_a_slow_clock_is_said_to_be_behind() -> None:
    assert "90 s behind Slack's" in clock_finding(timedelta(seconds=-90)).what


def test_a_person_s_token_is_not_a_bot_s() -> None:
    assert token_finding({"user": "mei", "team": "Playground"}).level is Level.FAIL
