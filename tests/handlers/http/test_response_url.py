"""An answer goes through the response_url to Slack, or else as a message; never elsewhere."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from playground.driver import texts
from tests.handlers.requests import click_body, send
from tests.handlers.stage import Stage
from tests.serving import door, served


@asynccontextmanager
async def listening(leads_to: str = "") -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that notes what is posted to it, and may lead on to another."""
    heard: list[bytes] = []

    async def hear(request: Request) -> Response:
        heard.append(await request.body())
        return RedirectResponse(leads_to, 307) if leads_to else Response("ok")

    async with served(door("/secret-of-the-url", hear)) as origin:
        yield f"{origin}/secret-of-the-url", heard


def _not_slacks(url: str) -> str:
    """The same listener by a name that is not the API's."""
    return url.replace("127.0.0.1", "localhost")


async def _click(stage: Stage, response_url: str) -> str:
    """What Mei reads of the bot after a click whose answer is for her alone."""
    asked = click_body("no_such_button", "x", response_url=response_url)
    answered = await send(stage.url, asked)
    assert answered.status == 200
    await stage.settled()
    return "\n".join(texts(message) for message in stage.person("mei").dms())


async def test_an_answer_goes_to_the_host_of_the_configured_api(stage: Stage) -> None:
    async with listening() as (url, heard):
        assert await _click(stage, url) == ""
        assert len(heard) == 1


async def test_a_response_url_elsewhere_is_refused_and_the_person_is_answered_all_the_same(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with listening() as (url, heard):
            assert "button" in await _click(stage, _not_slacks(url))
            assert heard == []
    [said] = [record for record in caplog.records if "response_url" in record.getMessage()]
    assert said.levelname == "WARNING"
    assert vars(said)["host"] == "localhost"
    assert "secret-of-the-url" not in str(vars(said))


async def test_a_redirect_to_elsewhere_is_not_followed(stage: Stage) -> None:
    async with listening() as (elsewhere, heard), listening(_not_slacks(elsewhere)) as (url, _):
        assert "button" in await _click(stage, url)
        assert heard == []
