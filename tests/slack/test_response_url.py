"""Where an answer through a response_url may go."""

import pytest

from bot.slack.response_url import leads_to_slack

SLACK, OWN = "https://slack.com/api/", "http://127.0.0.1:8700/api/"


@pytest.mark.parametrize("api", [SLACK, OWN])
@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/commands/T1/2/secret",
        "https://hooks.slack.com/actions/T1/2/secret",
        "https://HOOKS.slack.com/app/T1/2/secret",
        "https://hooks.slack.com:443/commands/T1/2/secret",
        "https://hooks.slack-gov.com/commands/T1/2/secret",
        "https://slack.com/x",
    ],
)
def test_slacks_hosts_are_slacks(url: str, api: str) -> None:
    assert leads_to_slack(url, api)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8700/response/x", "http://127.0.0.1:9/x"])
def test_the_host_of_the_configured_api_is_slacks_too(url: str) -> None:
    assert leads_to_slack(url, OWN)
    assert not leads_to_slack(url, SLACK)


@pytest.mark.parametrize("api", [SLACK, OWN])
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/commands",
        "https://hooks.slack.com.evil.example/x",
        "https://evilslack.com/x",
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com@evil.example/x",
        "https://user:hooks.slack.com@evil.example/x",
        "https://evil.example\\@hooks.slack.com/x",
        "https://evil.example#@hooks.slack.com/x",
        "https://evil.example?@hooks.slack.com/x",
        "http://hooks.slack.com/commands/in/the/clear",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com./x",
        "https:///hooks.slack.com/x",
        "https://[x",
        "https://127.0.0.1:8700/response/x",
        "http://127.0.0.1.evil.example/x",
        "http://localhost:8700/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://hooks.slack.com/x\r\nHost: evil.example",
        "",
    ],
)
def test_no_other_address_is(url: str, api: str) -> None:
    assert not leads_to_slack(url, api)
