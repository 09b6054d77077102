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
