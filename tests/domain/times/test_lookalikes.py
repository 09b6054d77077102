"""Words that look like a day or a month."""

import pytest

from bot.domain.times.lookalikes import misspelt_day


@pytest.mark.parametrize("word", ["thrus", "firday", "wendesday", "tusday", "mnday", "2morrow"])
def test_a_misspelt_day_is_recognised(word: str) -> None:
    assert misspelt_day(word)


@pytest.mark.parametrize("word", ["fri", "firady", "school", "2more video", "sunny"])
def test_one_letter_may_be_wrong_or_two_in_a_long_name(word: str) -> None:
    assert not misspelt_day(word)
