"""The table of refusals covers what the bot calls, and a code that is not in it means one place."""

import re

import pytest

from bot.slack.errors import PlaceRefused, sort_code
from bot.slack.refusals import REFUSALS, Reach, about
from tests.docs.pages import ROOT

_FAMILIES = "apps|auth|chat|conversations|pins|reactions|usergroups|users|views"
_NAMED = re.compile(rf'"((?:{_FAMILIES})\.[a-zA-Z.]+)"')
_BY_CLIENT = re.compile(r"client\.(views|chat|conversations|users|pins)_([a-z]+)\b")


def called() -> set[str]:
    """Every method of Slack's that the code names."""
    found: set[str] = set()
    for folder in ("bot", "handlers", "commandline"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(_NAMED.findall(text))
            found |= {f"{family}.{verb}" for family, verb in _BY_CLIENT.findall(text)}
    return found - {"chat.post"}  # Of `chat_postMessage`, which stands by its own name too.


def test_every_method_that_is_called_is_in_the_table() -> None:
    assert called() == REFUSALS.keys()


@pytest.mark.parametrize("method", [*REFUSALS, "calls.add"])
@pytest.mark.parametrize("code", ["on_holiday", "an unreadable code", ""])
def test_a_code_that_no_one_knows_is_about_one_place(method: str, code: str) -> None:
    assert about(method, code) is Reach.LANE
    refused = sort_code(code, retry_after=1, method=method, details=(), needed="chat:write")
    assert isinstance(refused, PlaceRefused)
    assert refused.needed == "chat:write"


def test_only_auth_test_can_say_that_it_is_the_workspace() -> None:
    """What else looks like it is asked of `auth.test`: see `bot.worker.delivery.doubts`."""
    for method, codes in REFUSALS.items():
        everywhere = {code for code, what in codes.items() if what is Reach.WORKSPACE}
        assert everywhere >= {"token_revoked", "account_inactive", "ekm_access_denied"}, method
        assert not everywhere & {"no_permission", "missing_scope", "messages_tab_disabled"}, method
