"""Whatever the doctor says of this machine, `serve` says when it starts, in the same words."""

import logging
from pathlib import Path
from typing import Any

import pytest

from bot.policy import load
from bot.settings import SettingsError, read_settings
from commandline.doctor import findings
from commandline.doctor_findings import Level
from commandline.starting import refuse_or_warn

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
    with caplog.at_level(logging.WARNING, "commandline.starting"):
        refuse_or_warn(settings, policy)
    assert {record.getMessage() for record in caplog.records} == warned
