"""Wording with a small policy and the shipped English words."""

from pathlib import Path

import pytest

from bot.policy import load
from bot.render.text.templates import Templates
from bot.render.wording import Wording


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording(load(Path(__file__).parent / "policy.toml"), Templates())
