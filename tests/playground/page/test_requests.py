"""What the page's addresses refuse: other people's things, other sites' requests, forgeries."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from playground.page.shown.choices import field_name
from playground.state.records import Message
from playground.testing import RunningPlayground
from tests.playground.page.tiny_app import FORM, card

pytestmark = pytest.mark.asyncio(loop_scope="module")

FROM_THE_PAGE = {"HX-Request": "true"}


@pytest_asyncio.fixture(loop_scope="module")
async def http(slack: RunningPlayground) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.slack.url) as session:
        yield session


def a_card(
    slack: RunningPlayground, channel: str = "general", only_to: str | None = None
) -> Message:
    workspace = slack.slack.workspace
    blocks = card("Fire")
    for number, block in enumerate(blocks):
        block["block_id"] = f"b{number}"
    return workspace.store(
        Message(
            ts=slack.slack.clock.next_ts(),
            channel=slack.channel(channel).id,
            user=slack.slack.app.user_id,
            text="Fire",
            blocks=blocks,
            ephemeral_to=only_to,
        )
    )


@pytest.mark.parametrize(
    "path",
    ["client/nobody", "client/ada/nowhere", "client/cleo/secret", "client/cleo/secret/messages"],
)
async def test_what_is_not_there_for_this_person_is_404(
    http: aiohttp.ClientSession, path: str
) -> None:
    async with http.get(f"/{path}") as answer:
        assert answer.status == 404
        assert "Traceback" not in await answer.text()


async def test_the_start_leads_to_a_conversation(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        assert answer.status == 200
        assert "/client/" in str(answer.url)


async def test_a_permalink_leads_to_its_message(
    http: aiohttp.ClientSession, slack: RunningPlayground
) -> None:
    message = a_card(slack)
    link = slack.slack.permalink(message)
    async with http.get(link, allow_redirects=False) as answer:
        assert answer.headers["Location"].endswith(f"/{message.channel}#m{message.ts}")
    async with http.get("/archives/C404/p1773392400000100") as answer:
        assert answer.status == 404


async def test_every_page_names_its_policy(http: aiohttp.ClientSession) -> None:
    async with http.get("/client/ada/general") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["general/send", "general/read", "advance", "weather", "home/open", "general/leave"]
)
async def test_another_site_cannot_act(http: aiohttp.ClientSession, path: str) -> None:
    async with http.post(f"/client/ada/{path}", data={"text": "x", "by": "1d"}) as answer:
        assert answer.status == 403


async def test_a_button_of_a_message_in_a_hidden_channel_cannot_be_pressed(
    http: aiohttp.ClientSession, slack: RunningPlayground
) -> None:
    message = a_card(slack, "secret")
    pressed = {"pressed": field_name("b1", "ack")}
    path = f"/client/cleo/secret/{message.ts}/click"
    async with http.post(path, data=pressed, headers=FROM_THE_PAGE) as answer:
        assert answer.status == 404
    assert slack.deliveries("block_actions") == []


async def test_an_ephemeral_of_somebody_else_cannot_be_reached(
    http: aiohttp.ClientSession, slack: RunningPlayground
) -> None:
    message = a_card(slack, only_to=slack.person("ada").id)
    pressed = {"pressed": field_name("b1", "ack")}
    path = f"/client/bob/general/{message.ts}/click"
    async with http.post(path, data=pressed, headers=FROM_THE_PAGE) as answer:
        assert answer.status == 404
    async with http.get("/client/bob/general/messages") as answer:
        assert message.ts not in await answer.text()


@pytest.mark.parametrize("pressed", ["", "nonsense", field_name("b1", "forged"), "[]"])
async def test_an_element_that_is_not_in_the_message_is_refused(
    http: aiohttp.ClientSession, slack: RunningPlayground, pressed: str
) -> None:
    message = a_card(slack)
    path = f"/client/ada/general/{message.ts}/click"
    async with http.post(path, data={"pressed": pressed}, headers=FROM_THE_PAGE) as answer:
        assert answer.status == 409
    assert slack.deliveries("block_actions") == []


async def test_an_option_that_was_not_offered_is_refused(
    http: aiohttp.ClientSession, slack: RunningPlayground
) -> None:
    message = a_card(slack)
    data = {"pressed": field_name("b1", "more"), "option": "forged"}
    path = f"/client/ada/general/{message.ts}/click"
    async with http.post(path, data=data, headers=FROM_THE_PAGE) as answer:
        assert "changed in the meantime" in answer.headers["HX-Trigger"]
    assert slack.deliveries("block_actions") == []


async def test_a_form_belongs_to_the_person_who_sees_it(
    http: aiohttp.ClientSession, slack: RunningPlayground
) -> None:
    view = slack.slack.screens.open(slack.person("ada").id, FORM)
    for act in ("submit", "click", "close"):
        path = f"/client/bob/view/{view.id}/{act}"
        async with http.post(path, data={}, headers=FROM_THE_PAGE) as answer:
            assert answer.status == 404


async def test_time_moves_by_known_steps_only(
    http: aiohttp.ClientSession, slack: RunningPlayground
) -> None:
    before = slack.slack.clock.offset
    async with http.post(
        "/client/ada/advance", data={"by": "-1d"}, headers=FROM_THE_PAGE
    ) as answer:
        assert answer.status == 400
    assert slack.slack.clock.offset == before


async def test_a_long_conversation_shows_its_young_end(
    http: aiohttp.ClientSession, slack: RunningPlayground
) -> None:
    for number in range(230):
        await slack.person("bob").say(f"Line {number:03d}", "general")
    async with http.get("/client/ada/general/messages") as answer:
        text = await answer.text()
    assert "Line 229" in text
    assert "Line 000" not in text
    assert "earlier messages are not shown" in text
