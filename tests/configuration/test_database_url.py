"""DATABASE_URL: what is refused, and how a database is named without its password."""

import pytest

from bot.configuration.database_url import shown
from bot.configuration.settings import SettingsError, read_settings

HIDDEN = "s3cret"


def refusal(url: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read_settings({"DATABASE_URL": url}, slack_needed=False)
    return str(refused.value)


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_one_is_refused(empty: str) -> None:
    assert refusal(empty).startswith("DATABASE_URL is empty")


def test_a_missing_one_is_the_documented_file() -> None:
    assert read_settings({}, slack_needed=False).database_url == "sqlite:///tocsin.sqlite3"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://tocsin:p@{HIDDEN}@db.example.com/tocsin",
        f"postgresql://tocsin:@{HIDDEN}@db.example.com/tocsin?sslmode=require",
        f"postgresql://to@csin:{HIDDEN}@db.example.com/tocsin",
        f"postgresql://tocsin:a/b@{HIDDEN}@db.example.com/tocsin",
    ],
)
def test_an_at_sign_in_a_password_has_to_be_encoded(url: str) -> None:
    said = refusal(url)
    assert "%40" in said
    assert HIDDEN not in said


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///var/tocsin.sqlite3", "var/tocsin.sqlite3"),
        (
            f"postgresql://tocsin:{HIDDEN}@db.example.com:5433/pager",
            "postgresql://tocsin:***@db.example.com:5433/pager",
        ),
        (
            f"postgresql://tocsin:p%40{HIDDEN}@db.example.com/pager",
            "postgresql://tocsin:***@db.example.com/pager",
        ),
        (
            f"postgresql://db.example.com/pager?user=tocsin&password={HIDDEN}",
            "postgresql://db.example.com/pager",
        ),
        (
            f"postgresql:///pager?host=/run/postgresql&sslpassword={HIDDEN}",
            "postgresql:///pager?host=/run/postgresql",
        ),
    ],
)
def test_it_is_named_without_what_is_secret(url: str, name: str) -> None:
    read_settings({"DATABASE_URL": url}, slack_needed=False)
    assert shown(url) == name
