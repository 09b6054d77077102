"""One process that starts the bots of all crash points."""

from collections.abc import Iterator

import pytest

from tests.crashpoints.bots import Begetter, begetting


@pytest.fixture(scope="session")
def begetter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begetter]:
    with begetting(tmp_path_factory.mktemp("bots")) as process:
        yield process
