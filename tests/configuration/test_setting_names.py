"""A name that nearly is a setting's: the person who wrote it is told which one they may mean."""

import pytest

from bot.configuration.setting_names import KNOWN, misspelt
from tests.docs.found_in_code import settings


def test_every_setting_that_the_code_reads_is_known() -> None:
    assert sorted(KNOWN) == settings()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("database_url", "DATABASE_URL"),
        ("TOCSIN_DATABASE_URL", "DATABASE_URL"),
        ("DATABASE", "DATABASE_URL"),
        ("SLACK_TOKEN", "SLACK_BOT_TOKEN"),
        ("BOT_TOKEN", "SLACK_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN_", "SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECERT", "SLACK_SIGNING_SECRET"),
        ("SIGNING_SECRET", "SLACK_SIGNING_SECRET"),
        ("SLACK_SECRET", "SLACK_SIGNING_SECRET"),
        ("ESCALATION_POLCY", "ESCALATION_POLICY"),
        ("HEARTBEAT", "HEARTBEAT_URL"),
        ("HEART_BEAT_URL", "HEARTBEAT_URL"),
        ("CANARY_CHANEL", "CANARY_CHANNEL"),
        ("PUBLIC_URI", "PUBLIC_URL"),
        ("FALLBACK_GATEWAY", "FALLBACK_GATEWAYS"),
        ("LOGFORMAT", "LOG_FORMAT"),
    ],
)
def test_the_nearest_setting_is_named(written: str, meant: str) -> None:
    assert misspelt([written]) == [
        f"{written} is not a setting of Tocsin and has no effect. Did you mean {meant}?"
    ]


@pytest.mark.parametrize(
    "another_programs",
    [
        *("PATH", "HOME", "HOSTNAME", "LANG", "USER", "TERM", "SHELL", "LOGNAME", "PWD", "SHLVL"),
        *("POSTGRES_PASSWORD", "POSTGRES_HOST", "PGHOST", "PGPORT", "REDIS_URL", "LOG_LEVEL"),
        *("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "KUBERNETES_PORT", "SYSTEMD_EXEC_PID"),
        *("INVOCATION_ID", "JOURNAL_STREAM", "MAIL", "URL", "TOKEN", "SECRET", "POST", "PORTS"),
        *("PYTHONPATH", "CI", "VIRTUAL_ENV", "OLDPWD", "EDITOR", "PUBLIC_IP", "CLOCK"),
    ],
)
def test_what_belongs_to_another_program_is_left_alone(another_programs: str) -> None:
    assert misspelt([another_programs]) == []


def test_a_setting_is_no_mistake() -> None:
    assert misspelt(KNOWN) == []
