"""The demonstration and what is meant for the real bot: it uses none of it, and says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.configuration.setting_names import KNOWN
from commandline.main import main
from playground.web.ports import reserved
from tests.commandline.examining import ROOT

WRONG = dict.fromkeys(KNOWN, "of the real bot, and no value that would do")


def test_a_demo_starts_whatever_the_real_bots_settings_are(tmp_path: Path) -> None:
    """Each value would keep a bot that takes it from starting."""
    file = [f"{name}='{value}'" for name, value in WRONG.items() if name.startswith("SLACK")]
    (tmp_path / ".env").write_text("\n".join(file))
    there = {name: value for name, value in WRONG.items() if not name.startswith("SLACK")}
    with reserved(2) as port:
        command = [sys.executable, str(ROOT / "app.py"), "demo", "--no-seed", "--port", str(port)]
        demo = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={**os.environ, **there, "ALL_PROXY": "socks5://127.0.0.1:1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert demo.stdout is not None
        said = []
        for line in demo.stdout:
            said.append(line)
            if "Tocsin is ready" in line:
                demo.terminate()
        assert demo.wait(60) == 0, said
        demo.stdout.close()
    [ignored] = [line for line in said if line.startswith("The demo ignores ")]
    assert [name for name in KNOWN if name not in ignored] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--database-url", "mysql://x"], "--database-url is not understood"),
        (["--database-url", ""], "--database-url is empty"),
        (["--replicas", "2"], "needs --database-url with a PostgreSQL database"),
        (["--port", "65535"], "a port above 65535"),
        (["--bot-port", "65535", "--replicas", "2", "--database-url", "postgresql://h/d"], "65535"),
        (["--port", "8701", "--bot-port", "8701"], "overlap"),
        (["--folder", "a-file"], "is not a folder"),
        (["--folder", "a-file/below/it"], "is not a folder"),
        (["--folder", "/proc/nothing-here"], "/proc/nothing-here: No such file"),
        (["--policy", "nothing.toml"], "nothing.toml: there is no such file"),
    ],
)
def test_options_that_cannot_be_are_explained_before_anything_starts(
    options: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a-file").touch()
    assert main(["demo", *options]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert said in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-file"]
