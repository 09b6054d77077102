"""What the documentation shows of the files in `ops/` is what is in them."""

import re
from pathlib import Path

import pytest

from bot.configuration.settings import read_settings
from tests.docs.pages import ROOT

SHOWN = {
    "ops/tocsin.service": "README.md",
    "ops/nginx.conf": "docs/reference/http.md",
}


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(("file", "page"), SHOWN.items())
def test_the_page_shows_the_file_itself(file: str, page: str) -> None:
    assert f"\n{text(file)}```" in text(page)


def test_the_proxy_passes_what_the_bot_expects_and_logs_no_link() -> None:
    proxy = text("ops/nginx.conf")
    passed = re.findall(r"location (?:= )?(\S+) \{[^}]*proxy_pass http://127.0.0.1:(\d+);", proxy)
    port = read_settings({}, slack_needed=False).port
    assert passed == [("/slack/events", str(port)), ("/ack/", str(port))]
    [links] = re.findall(r"location /ack/ \{([^}]*)\}", proxy)
    assert "access_log off;" in links
    assert "error_log /dev/null" in links


def test_the_unit_may_write_to_its_state_folder_alone() -> None:
    unit = text("ops/tocsin.service").splitlines()
    for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "StateDirectory=tocsin"):
        assert line in unit
    assert not [line for line in unit if line.startswith("ReadWritePaths")]
    [command] = [line for line in unit if line.startswith("ExecStart=")]
    assert Path(command.split()[1]).name == "app.py"
