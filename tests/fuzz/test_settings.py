"""Settings and command lines: garbage is one clear sentence and a status, never a traceback."""

import argparse
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random

import pytest

from bot.configuration.settings import Settings, SettingsError, read_settings
from bot.policy import load
from bot.time_source import TimeSource
from commandline import main
from commandline.commands import doctor
from tests.docs.found_in_code import settings
from tests.fuzz.effort import SEED, effort
from tests.fuzz.junk import TEXTS
from tests.fuzz.targets import SHIPPED
from tests.fuzz.test_policy_files import LINES, WHOLE

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s",
    "SLACK_APP_TOKEN": "",
    # Nothing answers there: what is right is looked at without leaving the machine.
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "DATABASE_URL": "sqlite:///fuzz.sqlite3",
    "ESCALATION_POLICY": str(SHIPPED),
    "HOST": "127.0.0.1",
    "PORT": "0",
    "LOG_FORMAT": "text",
    "CLOCK_OFFSET_FILE": "",
    "KEEP_DONE": "30d",
    "KEEP_DEAD": "90d",
    "KEEP_REQUESTS": "7d",
}
ODD = (
    "0",
    "-1",
    "65536",
    "9" * 5_000,
    "٣",
    "½",
    "1e9",
    "nan",
    "true",
    "xoxb-",
    "xoxb-ünï",
    "xoxb-a b",
    "xoxb-a\r\nX: y",
    "xapp-\r\nX: y",
    "http://",
    "http://[",
    "http://[::1",
    "http://:80",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:x/",
    "http://127.0.0.1:9/\u202e\x00",
    "https://",
    "ftp://x",
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "sqlite:////nowhere/at/all.sqlite3",
    "sqlite:////",
    "sqlite+nothing:///x",
    "sqlite+aiosqlite:///x",
    "sqlite:///x.sqlite3?timeout=x",
    "sqlite:///x.sqlite3?cache=x&mode=y",
    "sqlite://host/x",
    "postgresql://",
    "postgresql+nothing://127.0.0.1:9/x",
    "postgresql://127.0.0.1:9/x",
    "postgresql://127.0.0.1:x/x",
    "postgresql://127.0.0.1:999999/x",
    "postgresql://u:p@127.0.0.1:9/x?connect_timeout=x&foo=bar",
    "postgresql://[/x",
    "mysql://x",
    "/",
    "/dev/null",
    "/proc/self/mem",
    "..",
    "x" * 300,
    "x/" * 3_000,
    "1d",
    "-30d",
    "9999999999d",
    *TEXTS.values(),
)
COMMANDS = (
    ["migrate", "--check"],
    ["verify"],
    ["export"],
    ["export", "ESC-1"],
    ["digest"],
    ["manifest"],
)


def _environments() -> Iterator[Mapping[str, str]]:
    """Each value at each variable, and each of those that are needed left out."""
    for name in settings():
        for value in ODD:
            yield {**GOOD, name: value}
    for name in GOOD:
        yield {other: GOOD[other] for other in GOOD if other != name}


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _settings(environment: Mapping[str, str]) -> Settings | None:
    try:
        return read_settings(environment)
    except SettingsError as error:
        said = str(error)
    assert " " in said, said
    assert any(name in said for name in settings()), said
    return None


def test_any_value_of_any_variable_is_taken_or_named() -> None:
    for environment in _environments():
        taken = _settings(environment)
        if taken is not None:
            assert GOOD["SLACK_BOT_TOKEN"] not in repr(taken)
            TimeSource(taken.clock_offset_file).now()


def _run(arguments: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Return the status and all that was said, as `python app.py` would end."""
    said = io.StringIO()
    before = dict(os.environ)
    try:
        os.environ.update(
            {name: value for name, value in environment.items() if "\x00" not in value}
        )
    except UnicodeEncodeError:
        os.environ.update(GOOD)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            return main.main(arguments), said.getvalue()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1, said.getvalue()
    finally:
        os.environ.clear()
        os.environ.update(before)


def _nothing_asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    doctor.add_arguments(parser)
    return parser.parse_args([])


def _some(environments: list[Mapping[str, str]], count: int) -> list[Mapping[str, str]]:
    return Random(SEED).sample(environments, effort(short=count, long=len(environments)))


def test_every_command_says_what_is_wrong_with_the_environment() -> None:
    about = [name for name in GOOD if name in ("DATABASE_URL", "ESCALATION_POLICY", "LOG_FORMAT")]
    environments: list[Mapping[str, str]] = [
        {**GOOD, name: value} for name in about for value in ODD
    ]
    for environment in _some(environments, 15):
        for command in COMMANDS:
            status, said = _run(command, environment)
            assert status in (0, 1, 2), (command, environment, said)
            assert said.strip() or status == 0, (command, environment)
            assert "Traceback" not in said, (command, environment, said)


def test_doctor_looks_at_any_environment_to_its_end() -> None:
    for environment in _some(list(_environments()), 50):
        said = io.StringIO()
        with redirect_stdout(said):
            status = doctor.run(_nothing_asked(), environment)
        assert status in (1, 2), (environment, said.getvalue())
        assert "Traceback" not in said.getvalue()


def test_doctor_names_the_mistakes_of_any_policy(tmp_path: Path) -> None:
    dice, path = Random(SEED), tmp_path / "policy.toml"
    for _ in range(effort(short=15, long=1_000)):
        begin = dice.randrange(len(LINES))
        path.write_bytes(b"".join([*LINES[:begin], *LINES[begin + dice.randrange(1, 60) :]]))
        said = io.StringIO()
        with redirect_stdout(said):
            status = doctor.run(_nothing_asked(), {**GOOD, "ESCALATION_POLICY": str(path)})
        assert status in (1, 2)
        assert ("line" in said.getvalue()) == (status == 2), said.getvalue()
    path.write_bytes(WHOLE)
    assert load(path).teams


def test_any_command_line_is_taken_or_explained() -> None:
    words = [
        "",
        "-",
        "--",
        "-x",
        "--check",
        "--json",
        "--url",
        "--send",
        "--lease",
        "\u202e",
        "x" * 5_000,
    ]
    words += [
        "ESC-0",
        "ESC-99999999999999999999",
        "@x",
        "--help",
        "\x1b[31m",
        "demo",
        "serve",
        "doctor",
    ]
    dice = Random(SEED)
    harmless = [command[0] for command in COMMANDS]
    for _ in range(effort(short=30, long=5_000)):
        line = [dice.choice([*harmless, ""]), *dice.choices(words, k=dice.randrange(4))]
        status, said = _run(line, GOOD)
        assert status in (0, 1, 2), (line, status)
        assert "Traceback" not in said, (line, said)


@pytest.mark.parametrize("command", [["serve", "--lease"], ["demo", "--lease"], ["demo", "--port"]])
def test_a_number_that_makes_no_sense_is_explained(command: list[str]) -> None:
    for number in ("nan", "inf", "-1", "1e400", "x", "", "9" * 5_000, "70000000"):
        status, said = _run([*command, number], GOOD)
        assert status == 2, (command, number, said)
        assert "usage" in said


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["serve"], {"PORT": "9" * 5_000}, "PORT"),
        (["serve"], {"DATABASE_URL": "sqlite+nothing:///x"}, "DATABASE_URL"),
        (["doctor"], {"SLACK_API_URL": "http://["}, "SLACK_API_URL"),
    ],
)
def test_a_real_process_ends_with_the_sentence(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    ended = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        env={**os.environ, **GOOD, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 2, ended
    assert expected in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
