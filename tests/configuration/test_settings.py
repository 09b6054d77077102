"""Settings that are wrong are refused in one sentence."""

from datetime import timedelta

import pytest

from bot.configuration.settings import SettingsError, read_settings
from bot.domain.upkeep.retention import Keep


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


@pytest.mark.parametrize("value", ["", " "])
@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "ESCALATION_POLICY",
        "HOST",
        "FALLBACK_GATEWAYS",
        "PUBLIC_URL",
        "LINK_SECRET",
        "HEARTBEAT_URL",
        "CANARY_EVERY",
    ],
)
def test_a_name_without_a_value_is_refused_where_its_absence_means_something_else(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"{name} is empty: .*remove the line") as refused:
        read_settings({name: value}, slack_needed=False)
    assert str(refused.value).count(". ") == 0


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        ("socks5://u:s3cret@proxy:1080", "of the kind 'socks5://': the bot can use only http:// "),
        ("socks://proxy", "of the kind 'socks://'"),
        ("ftp://proxy", "of the kind 'ftp://'"),
        ("http://", "does not name a proxy"),
        ("http://u:s3cret@:3128", "does not name a proxy"),
        ("proxy:s3cret", "does not name a proxy"),
    ],
)
def test_a_proxy_that_no_request_could_go_through_is_refused(
    name: str, proxy: str, why: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: proxy}, slack_needed=False)
    assert str(refused.value).startswith(f"{name} ")
    assert why in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("proxy", ["", "proxy:3128", "http://u:p@proxy:3128/", "HTTPS://proxy"])
def test_these_proxies_can_be_used(proxy: str) -> None:
    read_settings({"HTTPS_PROXY": proxy, "FTP_PROXY": "socks5://x"}, slack_needed=False)
