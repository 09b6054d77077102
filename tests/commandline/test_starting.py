"""Whatever the doctor says, `serve` says when it starts, in the same words."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.configuration.settings import SettingsError, read_settings
from bot.policy import load
from bot.render.manifest import SCOPES
from bot.store.database import Database
from commandline.checks.findings import Finding, Level
from commandline.commands.doctor import findings
from commandline.database.migrations import migrate
from commandline.server.starting import examine, refuse_or_warn
from playground.testing import RunningPlayground
from tests.commandline.commands import serving
from tests.commandline.examining import person, settings_for, slack_with
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "escalation.toml"
BARE = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "0" * 32,
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "DATABASE_URL": "sqlite:///none.sqlite3",
}
FALLBACK = """
[fallback]
after = { P0 = "1m" }
[fallback.people]
priya = ["%s"]
"""
LOCAL = {"settings", "policy", "fallback", "signing secret", "canary"}
"""What the doctor looks at without asking anyone."""


def _policy(folder: Path, way: str) -> str:
    path = folder / "policy.toml"
    shipped = SHIPPED.read_text(encoding="utf-8")
    cut = shipped.partition("\n[fallback]")[0]
    path.write_text(cut + FALLBACK % way, encoding="utf-8")
    return str(path)


def _gateways(folder: Path, mode: int) -> str:
    path = folder / "gateways.toml"
    path.write_text('mail = "mailtos://u:p@mail.example.com?to={to}"\n', encoding="utf-8")
    path.chmod(mode)
    return str(path)


def _settings(folder: Path, what: str) -> dict[str, str]:
    match what:
        case "addresses":
            return {
                "PUBLIC_URL": "http://tocsin.example.com",
                "HEARTBEAT_URL": "http://hc.example.com",
            }
        case "secret":
            return {"SLACK_SIGNING_SECRET": "not-like-one"}
        case "canary":
            return {"CANARY_CHANNEL": "C0123"}
        case "no gateways":
            return {"ESCALATION_POLICY": _policy(folder, "mail:priya@example.com")}
        case "a gateway that is missing":
            return {
                "ESCALATION_POLICY": _policy(folder, "sms:+6591234567"),
                "FALLBACK_GATEWAYS": _gateways(folder, 0o600),
            }
        case "gateways that others read":
            return {
                "ESCALATION_POLICY": _policy(folder, "mail:priya@example.com"),
                "FALLBACK_GATEWAYS": _gateways(folder, 0o644),
            }
        case _:
            return {}


@pytest.mark.parametrize(
    "what",
    [
        "nothing",
        "addresses",
        "secret",
        "canary",
        "no gateways",
        "a gateway that is missing",
        "gateways that others read",
    ],
)
async def test_serve_refuses_what_fails_and_warns_of_what_the_doctor_warns_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"ESCALATION_POLICY": str(SHIPPED), **BARE, **_settings(tmp_path, what)}
    told = [found async for found in findings(given) if found.check in LOCAL]
    failed = [found.what for found in told if found.level is Level.FAIL]
    warned = {f"{found.check}: {found.what}" for found in told if found.level is Level.WARN}
    settings: Any = read_settings(given)
    policy = load(settings.policy_path)
    assert bool(failed or warned) is (what != "nothing")
    if failed:
        with pytest.raises(SettingsError) as refused:
            refuse_or_warn(settings, policy)
        assert str(refused.value).splitlines() == failed
        return
    with caplog.at_level(logging.WARNING, "commandline.server.starting"):
        refuse_or_warn(settings, policy)
    assert {record.getMessage() for record in caplog.records} == warned


# What Slack and the database say


def _fault(slack: RunningPlayground, folder: Path, what: str) -> dict[str, str]:
    """Bring something about; return the settings that go with it."""
    match what:
        case "a revoked token":
            slack.slack.app.revoked = True
        case "a channel that is archived":
            slack.channel("C0TNSWEEKLY").is_archived = True
        case "a canary's channel that is not there":
            return {"CANARY_EVERY": "15m", "CANARY_CHANNEL": "C0NOWHERE", "PORT": "1"}
        case "an unmigrated database":
            return {"DATABASE_URL": f"sqlite:///{folder / 'empty.sqlite3'}"}
        case "no database":
            return {"DATABASE_URL": "postgresql://tocsin@127.0.0.1:1/tocsin"}
        case _:
            pass
    return {}


def _cast(what: str) -> Callable[[dict[str, Any]], None]:
    def change(cast: dict[str, Any]) -> None:
        if what == "a person who has left":
            person(cast, "U0SOFIA")["deleted"] = True
        elif what == "an empty group":
            cast["groups"] = [{"id": "S0TNS", "handle": "trust-and-safety", "members": []}]

    return change


FAULTS = [
    "a revoked token",
    "missing scopes",
    "a channel that is archived",
    "a canary's channel that is not there",
    "a person who has left",
    "an empty group",
    "an unmigrated database",
    "no database",
]


async def _at_once(call: Callable[[], list[Finding]]) -> list[Finding]:
    return await asyncio.to_thread(call)


@pytest.mark.parametrize("what", ["nothing", *FAULTS])
async def test_serve_says_beside_its_work_what_the_doctor_says_of_slack_and_the_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    url = f"sqlite:///{tmp_path / 'tocsin.sqlite3'}"
    db = Database(url)
    migrate(db)
    db.close()
    scopes = SCOPES[1:] if what == "missing scopes" else SCOPES
    async with slack_with(scopes=scopes, change=_cast(what)) as slack:
        given = {
            "ESCALATION_POLICY": str(SHIPPED),
            **settings_for(slack, url),
            **_fault(slack, tmp_path, what),
        }
        local = LOCAL - {"canary"}
        told = [found async for found in findings(given) if found.check not in local]
        settings = read_settings(given)
        with caplog.at_level(logging.WARNING, "commandline.server.starting"):
            await examine(settings, load(settings.policy_path), _at_once, begins=0)
    levels = {Level.WARN: "WARNING", Level.FAIL: "ERROR"}
    expected = {(levels[f.level], f"{f.check}: {f.what}") for f in told if f.level in levels}
    records = [r for r in caplog.records if r.name == "commandline.server.starting"]
    assert {(record.levelname, record.getMessage()) for record in records} == expected
    assert len(records) == len(expected)
    assert bool(expected) is (what != "nothing")


async def test_slack_that_is_merely_away_is_said_once_and_asked_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = {**BARE, "ESCALATION_POLICY": str(SHIPPED), "DATABASE_URL": f"sqlite:///{tmp_path}/x"}
    settings = read_settings(given)
    with caplog.at_level(logging.WARNING, "commandline.server.starting"):
        policy = load(settings.policy_path)
        asking = asyncio.create_task(examine(settings, policy, _at_once, begins=0, again=0.01))
        await eventually(lambda: "cannot be reached" in caplog.text, "it does not say so")
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not asking.done()
        asking.cancel()
    assert caplog.text.count("slack: http://127.0.0.1:1/api/ cannot be reached") == 1


async def test_a_served_bot_starts_with_all_of_it_wrong_and_says_it(tmp_path: Path) -> None:
    """It reaches people by other ways meanwhile, and Slack may be wrong for a while."""
    url = f"sqlite:///{tmp_path / 'tocsin.sqlite3'}"
    db = Database(url)
    migrate(db)
    db.close()
    async with slack_with() as slack:
        slack.slack.app.revoked = True
        async with serving(tmp_path, **settings_for(slack, url)) as bot:
            await bot.answers()
            await bot.says("token: Slack refuses the token (token_revoked)")
            assert bot.process.returncode is None
