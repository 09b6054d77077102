"""A desk with a small policy and the shipped English words."""

from pathlib import Path

import pytest

from bot.policy import load
from bot.render.desk import Desk
from bot.render.words import Words


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk(load(Path(__file__).parent / "policy.toml"), Words())
