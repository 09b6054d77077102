"""How long things are kept: read from the environment, refused in one sentence."""

from datetime import timedelta

import pytest

from bot.domain.duework import Keep
from bot.settings import SettingsError, read_settings


def keep(**environment: str) -> Keep:
    return read_settings(environment, slack_needed=False).keep


def test_without_a_setting_the_defaults_hold() -> None:
    assert keep() == keep(KEEP_DONE="") == Keep()


def test_each_period_can_be_set() -> None:
    periods = keep(KEEP_DONE="2w", KEEP_DEAD="P60D", KEEP_REQUESTS="3d")
    assert periods.done == timedelta(days=14)
    assert periods.dead == timedelta(days=60)
    assert periods.requests == timedelta(days=3)


@pytest.mark.parametrize("name", ["KEEP_DONE", "KEEP_DEAD", "KEEP_REQUESTS"])
@pytest.mark.parametrize("text", ["soon", "30", "23h", "1y", "-5d"])
def test_a_period_that_cannot_be_is_named(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=name):
        keep(**{name: text})


@pytest.mark.parametrize(
    "url", ["https://:80", "https://", "tocsin.example.com", "https://a.example?b", "https://a b.c"]
)
def test_a_public_url_that_no_browser_finds_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        read_settings({"PUBLIC_URL": url}, slack_needed=False)


def test_a_public_url_may_have_a_path_and_a_name_in_any_alphabet() -> None:
    url = "https://überwachung.example/tocsin/"
    assert read_settings({"PUBLIC_URL": url}, slack_needed=False).public_url == url[:-1]
