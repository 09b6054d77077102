"""Which proxy a request goes through; loopback never goes through one."""

import pytest

from bot.configuration.settings import read_settings
from bot.network.proxies import Proxies

PROXY = "http://proxy.example.com:3128"
OTHER = "http://other.example.com:3128"
EVERYTHING = {"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY, "ALL_PROXY": PROXY}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8700/api/",
        "https://127.8.9.10/",
        "ws://127.0.0.1:8700/link?ticket=1",
        "http://localhost:3000/slack/events",
        "http://LOCALHOST/",
        "http://tocsin.localhost/",
        "http://localhost./",
        "http://[::1]:3000/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0:3000/",
        "http://somebody:secret@127.0.0.1/",
    ],
)
def test_loopback_is_always_asked_directly(url: str) -> None:
    for extra in ({}, {"NO_PROXY": "example.com"}, {"all_proxy": OTHER}):
        assert Proxies.of({**EVERYTHING, **extra}).proxy_for(url) is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1.example.com/", "http://localhost.example.com/", "http://10.0.0.1/"]
)
def test_an_address_that_only_looks_like_loopback_is_none(url: str) -> None:
    assert Proxies.of(EVERYTHING).proxy_for(url) == PROXY


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://slack.com/api/", None),
        ({"HTTPS_PROXY": PROXY}, "https://slack.com/api/", PROXY),
        ({"https_proxy": PROXY}, "https://slack.com/api/", PROXY),
        ({"HTTPS_PROXY": PROXY}, "wss://wss-primary.slack.com/link/?ticket=1", PROXY),
        ({"HTTPS_PROXY": PROXY}, "http://gateway.example.com/", None),
        ({"HTTP_PROXY": PROXY}, "http://gateway.example.com/", PROXY),
        ({"HTTP_PROXY": PROXY}, "ws://gateway.example.com/", PROXY),
        ({"HTTP_PROXY": PROXY}, "https://slack.com/api/", None),
        ({"ALL_PROXY": PROXY}, "https://slack.com/api/", PROXY),
        ({"ALL_PROXY": PROXY, "HTTPS_PROXY": OTHER}, "https://slack.com/api/", OTHER),
        ({"HTTPS_PROXY": PROXY, "https_proxy": OTHER}, "https://slack.com/api/", OTHER),
        ({"HTTPS_PROXY": PROXY, "https_proxy": ""}, "https://slack.com/api/", None),
        ({"HTTPS_PROXY": ""}, "https://slack.com/api/", None),
        ({"HTTPS_PROXY": "proxy.example.com:3128"}, "https://slack.com/api/", PROXY),
    ],
)
def test_the_scheme_chooses_the_proxy(
    environment: dict[str, str], url: str, proxy: str | None
) -> None:
    assert Proxies.of(environment).proxy_for(url) == proxy


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("slack.com", True),
        (".slack.com", True),
        ("example.com, slack.com", True),
        ("*", True),
        ("slack.com:443", True),
        ("slack.com:8443", False),
        ("lack.com", False),
        ("api.slack.com", False),
        ("", False),
    ],
)
def test_no_proxy_names_hosts_that_are_asked_directly(no_proxy: str, direct: bool) -> None:
    proxies = Proxies.of({**EVERYTHING, "NO_PROXY": no_proxy})
    assert (proxies.proxy_for("https://slack.com:443/api/") is None) is direct


def test_the_settings_hold_the_proxies_and_show_no_password() -> None:
    secret = "http://me:hunter2@proxy.example.com:3128"
    settings = read_settings({"HTTPS_PROXY": secret}, slack_needed=False)
    assert settings.proxies.proxy_for("https://slack.com/api/") == secret
    assert "hunter2" not in repr(settings) + repr(settings.proxies)


def test_libraries_find_the_same_in_the_environment_and_loopback_is_direct() -> None:
    given = {
        "HTTPS_PROXY": "http://proxy:3128",
        "NO_PROXY": "slack.com",
        "SSL_CERT_FILE": "/ca.pem",
    }
    assert Proxies.of(given).for_libraries(given) == {
        "https_proxy": "http://proxy:3128",
        "no_proxy": "slack.com,localhost,127.0.0.0/8,::1",
        "SSL_CERT_FILE": "/ca.pem",
        "REQUESTS_CA_BUNDLE": "/ca.pem",
    }


def test_where_nothing_is_set_libraries_are_told_nothing() -> None:
    assert Proxies.of({"HOME": "/"}).for_libraries({"HOME": "/"}) == {}
