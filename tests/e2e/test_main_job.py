"""The main job in a real browser, on every way that the bot can run."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser import PICTURES
from tests.databases import fresh_url
from tests.e2e.stack import running
from tests.e2e.walk import Walk

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_over_http_on_sqlite(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "demo") as stack:
        await Walk(page, stack, PICTURES / "http").main_job()


async def test_over_socket_mode(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "demo", "--socket-mode", "--no-seed") as stack:
        await Walk(page, stack, PICTURES / "socket-mode").main_job()
        assert stack.look("app")["sockets"] >= 1
        assert stack.look("app")["app_url"] is None


async def test_on_postgresql_with_two_replicas(page: Page, tmp_path: Path) -> None:
    with (
        fresh_url("postgresql", tmp_path) as url,
        running(
            tmp_path / "demo", "--database-url", url, "--replicas", "2", "--no-seed", bots=2
        ) as stack,
    ):
        await Walk(page, stack, PICTURES / "replicas").main_job()
