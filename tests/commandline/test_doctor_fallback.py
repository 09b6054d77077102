"""The doctor looks at the ways outside Slack, and tries one person's."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from commandline.checks.findings import Finding, Level
from commandline.commands.doctor import findings, reaching_findings, status
from tests.outside import a_hook, a_mailbox

ROOT = Path(__file__).resolve().parents[2]
WAYS = """
[fallback]
after.P1 = "1m"

[fallback.people]
priya = ["email:priya@example.com", "sms:+6591234567"]
"""


def settings(
    folder: Path, gateways: str, ways: str = WAYS, *, mode: int = 0o600, **more: str
) -> Mapping[str, str]:
    policy, file = folder / "escalation.toml", folder / "gateways.toml"
    policy.write_text((ROOT / "escalation.toml").read_text() + ways)
    file.write_text(gateways)
    file.chmod(mode)
    return {
        "ESCALATION_POLICY": str(policy),
        "FALLBACK_GATEWAYS": str(file),
        "PUBLIC_URL": "https://tocsin.example.com",
        "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
        **more,
    }


async def found(environment: Mapping[str, str]) -> list[Finding]:
    return [each async for each in findings(environment) if each.check == "fallback"]


def said(account: list[Finding]) -> str:
    text = "\n".join(finding.lines() for finding in account)
    for secret in ("priya@example.com", "6591234567", "a-password"):
        assert secret not in text
    return text


GOOD = 'email = "mailtos://me:a-password@smtp.example.com?to={to}"\nsms = "json://127.0.0.1/{to}"\n'


async def test_nothing_is_said_where_nothing_is_set_up(tmp_path: Path) -> None:
    bare = {"ESCALATION_POLICY": str(ROOT / "escalation.toml")}
    bare["DATABASE_URL"] = f"sqlite:///{tmp_path}/none.sqlite3"
    assert await found(bare) == []


async def test_good_gateways_are_understood_and_who_is_left_out_is_named(tmp_path: Path) -> None:
    account = await found(settings(tmp_path, GOOD))
    assert [finding.level for finding in account] == [Level.OK, Level.WARN]
    assert "Apprise understands 2 ways of 1 person" in said(account)
    assert "@mei" in said(account)
    assert "@priya" not in said(account)


async def test_a_gateway_that_apprise_does_not_know_is_named_with_its_person(
    tmp_path: Path,
) -> None:
    account = await found(settings(tmp_path, GOOD.replace("json://", "jsn://")))
    assert "FAIL fallback: @priya: Apprise does not understand the way 'sms'" in said(account)


async def test_a_missing_gateway_and_a_missing_address_of_our_own_are_told(tmp_path: Path) -> None:
    given = dict(settings(tmp_path, GOOD.splitlines()[0]))
    del given["PUBLIC_URL"]
    account = await found(given)
    assert "there is no gateway 'sms' for priya" in said(account)
    assert "PUBLIC_URL is not set" in said(account)


async def test_passwords_that_everybody_may_read_are_told(tmp_path: Path) -> None:
    account = await found(settings(tmp_path, GOOD, mode=0o644))
    assert "which holds passwords" in said(account)


@pytest.mark.parametrize(
    ("ways", "complaint"),
    [
        ('[fallback.people]\npriya = ["email:priya@example.com"]\n', "no severity is named"),
        ('[fallback]\nafter.P1 = "1m"\n', "no one is named"),
    ],
)
async def test_half_a_fallback_is_told(tmp_path: Path, ways: str, complaint: str) -> None:
    assert complaint in said(await found(settings(tmp_path, GOOD, ways)))


async def test_a_person_is_reached_by_each_way_for_a_test(tmp_path: Path) -> None:
    async with a_mailbox() as mailbox, a_hook() as hook:
        gateways = f'email = "{mailbox.gateway}"\nsms = "{hook.gateway}"\n'
        account = [each async for each in reaching_findings(settings(tmp_path, gateways), "@priya")]
        assert "the gateway 'email' accepted the message" in said(account)
        assert "the gateway 'sms' accepted the message" in said(account)
        assert status(account) == 0
        [text] = mailbox.texts("priya@example.com")
        assert "This is a test" in text
        assert len(hook.taken) == 1


async def test_a_gateway_that_refuses_the_test_is_told(tmp_path: Path) -> None:
    async with a_mailbox() as mailbox, a_hook() as hook:
        mailbox.refuses = True
        gateways = f'email = "{mailbox.gateway}"\nsms = "{hook.gateway}"\n'
        account = [each async for each in reaching_findings(settings(tmp_path, gateways), "priya")]
        assert "the gateway 'email' did not accept the message (not taken)" in said(account)
        assert status(account) == 1


async def test_somebody_without_a_way_is_said_to_have_none(tmp_path: Path) -> None:
    account = [each async for each in reaching_findings(settings(tmp_path, GOOD), "tom")]
    assert "'tom' has no way under [fallback.people]" in said(account)


async def test_a_way_that_is_not_set_up_keeps_no_other_way_from_its_test(tmp_path: Path) -> None:
    async with a_mailbox() as mailbox:
        gateways = f'email = "{mailbox.gateway}"\nsms = "jsn://pager.example.com/{{to}}"\n'
        account = [each async for each in reaching_findings(settings(tmp_path, gateways), "priya")]
        assert "@priya: the gateway 'email' accepted the message" in said(account)
        assert "@priya: no test was sent by 'sms'" in said(account)
        assert status(account) == 1
        assert len(mailbox.texts("priya@example.com")) == 1


@pytest.mark.parametrize("gateways", ["no = toml", ""])
async def test_a_test_that_cannot_be_sent_is_told(tmp_path: Path, gateways: str) -> None:
    account = [each async for each in reaching_findings(settings(tmp_path, gateways), "priya")]
    assert "@priya: no test was sent" in said(account)
    assert status(account) == 1
