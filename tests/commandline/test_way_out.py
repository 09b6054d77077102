"""Behind a company's proxy with an authority of its own: Slack, its socket, heartbeat, gateways."""

import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.render.manifest import manifest
from playground.testing import RunningPlayground, running_playground
from tests.commandline.commands import serving, told
from tests.databases import fresh_url
from tests.docs.pages import ROOT
from tests.outside import a_hook
from tests.tunnel import AUTHORITY, Proxy, way_out
from tests.watch.dead_man import dead_man
from tests.worker.conftest import CAST

WAYS = """
[fallback]
after.P1 = "1m"

[fallback.people]
priya = ["hook:priya-of-legal"]
"""
SLACK, MONITOR, GATEWAY = "slack.tocsin.test", "monitor.tocsin.test", "gateway.tocsin.test"


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[RunningPlayground]:
    async with running_playground(
        manifest=manifest(request_url=None),
        workspace=json.loads(CAST.read_text()),
        clock_file=tmp_path / "clock",
        allowed_hosts=frozenset({SLACK}),
    ) as running:
        running.slack.sockets.base = f"wss://{SLACK}"
        yield running


def by(proxy: Proxy) -> dict[str, str]:
    return {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(AUTHORITY)}


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


async def test_slack_its_socket_and_the_heartbeat_go_through_it(
    slack: RunningPlayground, tmp_path: Path
) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        async with (
            dead_man() as monitor,
            way_out({SLACK: port_of(slack.api_url), MONITOR: port_of(monitor.url)}) as proxy,
            serving(
                tmp_path,
                DATABASE_URL=url,
                SLACK_API_URL=f"https://{SLACK}/api/",
                SLACK_APP_TOKEN="xapp-playground",
                HEARTBEAT_URL=f"https://{MONITOR}/ping",
                HEARTBEAT_EVERY="1s",
                **by(proxy),
            ) as bot,
        ):
            await slack.slack.sockets.wait_for(1)
            await monitor.until_asked()
            assert await bot.ended(signal.SIGTERM) == 0
    assert set(proxy.asked) == {f"CONNECT {SLACK}:443", f"CONNECT {MONITOR}:443"}


async def test_a_gateway_goes_through_it_also_where_a_file_names_the_proxy(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text((ROOT / "escalation.toml").read_text() + WAYS)
    (tmp_path / "gateways.toml").write_text(f'hook = "jsons://{GATEWAY}/{{to}}"\n')
    async with a_hook() as hook, way_out({GATEWAY: hook.port}) as proxy:
        lines = [f"{name}={value}" for name, value in by(proxy).items()]
        (tmp_path / ".env").write_text("\n".join(lines))
        status, said = await told(
            tmp_path,
            "doctor",
            "--reach",
            "priya",
            ESCALATION_POLICY=str(tmp_path / "policy.toml"),
            FALLBACK_GATEWAYS=str(tmp_path / "gateways.toml"),
        )
    assert status == 0, said
    assert len(hook.taken) == 1
    assert proxy.asked == [f"CONNECT {GATEWAY}:443"]


async def test_an_authority_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    status, said = await told(tmp_path, "serve", SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    assert status == 2
    assert said.startswith(f"SSL_CERT_FILE names {tmp_path}/ca.pem, which is not a file of ")


async def test_the_doctor_names_a_certificate_that_is_not_trusted(
    slack: RunningPlayground, tmp_path: Path
) -> None:
    async with way_out({SLACK: port_of(slack.api_url)}) as proxy:
        way = {"HTTPS_PROXY": proxy.url, "SLACK_API_URL": f"https://{SLACK}/api/"}
        status, said = await told(tmp_path, "doctor", **way)
    assert status == 1
    assert f"FAIL slack: the certificate of https://{SLACK}/api/ is not trusted" in said
    assert "name that with SSL_CERT_FILE" in said


async def test_the_doctor_names_a_proxy_that_does_not_answer(tmp_path: Path) -> None:
    way = {"HTTPS_PROXY": "http://127.0.0.1:9", "SLACK_API_URL": f"https://{SLACK}/api/"}
    status, said = await told(tmp_path, "doctor", **way)
    assert status == 1
    assert f"FAIL slack: https://{SLACK}/api/ cannot be reached: its proxy does not answer" in said
    assert "Check HTTPS_PROXY and NO_PROXY" in said
