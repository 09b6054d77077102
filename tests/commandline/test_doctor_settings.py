"""What the doctor says of settings that others can read: on the way, or on the machine."""

from pathlib import Path

import pytest

from bot.configuration.settings import read_settings
from commandline.checks.secrets import exposure_findings, file_findings
from tests.commandline.examining import doctor

BARE = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "0" * 32}


def told(**settings: str) -> list[str]:
    return [found.what for found in exposure_findings(read_settings(BARE | settings))]


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("PUBLIC_URL", "http://tocsin.example.com"),
        ("PUBLIC_URL", "http://10.0.0.7:3000"),
        ("SLACK_API_URL", "http://slack.example.com/api/"),
        ("HEARTBEAT_URL", "http://hc.example.com/secret-id"),
    ],
)
def test_an_address_without_tls_is_a_warning(setting: str, address: str) -> None:
    [what] = told(**{setting: address})
    assert what.startswith(f"{setting} begins with http://")
    assert "secret-id" not in what


@pytest.mark.parametrize(
    "address",
    ["https://tocsin.example.com", "http://127.0.0.1:8701", "http://localhost:1", "http://[::1]:1"],
)
def test_with_tls_or_within_the_machine_all_is_well(address: str) -> None:
    assert told(PUBLIC_URL=address, SLACK_API_URL=address, HEARTBEAT_URL=address) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_settings_file_that_others_may_read_is_a_warning(tmp_path: Path, mode: int) -> None:
    path = tmp_path / ".env"
    path.write_text("PORT=3000\n")
    path.chmod(mode)
    [found] = file_findings(path)
    assert "other users of this machine may read" in found.what
    assert found.advice == f"Remove that permission: chmod 600 {path}"


def test_a_private_one_and_none_are_well(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert list(file_findings(path)) == []
    path.write_text("PORT=3000\n")
    path.chmod(0o600)
    assert list(file_findings(path)) == []


async def test_the_doctor_looks_at_the_file_in_its_folder(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("PUBLIC_URL=http://tocsin.example.com\n")
    path.chmod(0o644)
    account = await doctor(tmp_path, LINK_SECRET="0" * 16)
    warned = "\n".join(account.warning())
    assert "may read .env" in warned
    assert "PUBLIC_URL begins with http://" in warned
