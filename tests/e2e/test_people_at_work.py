"""What people meet beside the main job, in a real browser on a running demonstration."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser import PICTURES
from tests.e2e.scene import Scene
from tests.e2e.stack import Stack, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG_TITLE = "Coordinated comments under a choir's videos " * 7
RTL_TITLE = "حملة مضايقة منسقة ضد صانع محتوى بعد المباراة"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("e2e") / "demo", "--no-seed") as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="module")
async def scene(page: Page, stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """Mei, in #escalations."""
    name = request.node.name.removeprefix("test_").replace("_", "-")
    scene = Scene(page, stack, PICTURES / "people" / name)
    await scene.client.become("mei", "escalations")
    yield scene
    if stack.look("modal", user=scene.client.me):
        stack.do("close_view", user=scene.client.me, all_views=True)
    for reference in scene.opened:
        # What goes on ringing would fill the messages of the tests that follow.
        over = f"/escalate decline {reference}: this test is over"
        stack.do("command", user="mei", channel="escalations", text=over)
    assert "Traceback" not in stack.said()


async def test_the_home_tab_shows_a_page_that_waits_and_takes_its_answer(scene: Scene) -> None:
    reference = await opens(scene, "p1 Insults against an athlete")
    await says(
        scene, f"/escalate page {reference} legal counsel must read the letter", "is being paged"
    )
    client = scene.client
    await client.become("priya", "home")
    row = scene.page.locator("#home")
    await expect(row).to_contain_text("Pages waiting for you")
    await expect(row).to_contain_text(f"{reference} Insults against an athlete")
    await scene.picture("a-page-waits")
    await client.click_button("Acknowledge")
    await expect(row).to_contain_text("No pages are waiting for you")
    await scene.picture("answered")


async def test_a_restricted_one_is_a_codename_to_outsiders_until_they_are_let_in(
    scene: Scene,
) -> None:
    title = "Adult contacts minors through gifts"
    client = scene.client
    await client.type("/escalate")
    await client.fill_modal({"Title": title, "Category": "Child safety"})
    await client.fill_modal({"Severity": "P1 · High"})
    await expect(client.modal()).to_contain_text("Who is paged when you send this")
    await expect(client.modal().get_by_role("radio", name="Restricted")).to_be_checked()
    await client.submit()
    await expect(client.modal()).to_contain_text("is open as P1")
    reference = reference_in(await client.modal().inner_text())
    scene.opened.append(reference)
    await client.cancel()

    await client.become("niamh", "escalations")
    await says(scene, "/escalate list open", reference)
    await says(scene, "/escalate search gifts", "No escalations for")
    await client.go("home")
    await expect(scene.page.locator("#home")).to_contain_text(reference)
    await client.wait_for_no_text(title)
    await scene.picture("the-home-of-an-outsider")
    await client.go("escalations")
    await client.wait_for_no_text(title)
    await says(scene, f"/escalate show {reference}", "Request access")
    await client.wait_for_no_text(title)
    await scene.picture("an-outsider-asks")
    await client.click_button("Request access")
    await client.wait_for_text("is on its way", within="#message-list")

    await scene.becomes("mei")
    await client.wait_for_text(f"@Niamh Kelly asks to see {reference}", within="#message-list")
    await scene.picture("mei-is-asked")
    await client.click_button("Give access", within=reference)
    await client.wait_for_text("may now see", within="#message-list")

    await scene.becomes("niamh")
    await client.wait_for_text(f"gave you access to {reference}", within="#message-list")
    await scene.picture("access-is-given")
    await client.go("escalations")
    await says(scene, f"/escalate show {reference}", title)
    assert title not in scene.stack.said()


async def test_an_old_button_on_an_ended_incident_says_what_would_work(scene: Scene) -> None:
    reference = await opens(scene, "p3 A trend to look at")
    await says(scene, f"/escalate show {reference}", "Latest")
    await says(scene, f"/escalate decline {reference} the ordinary queue has it", "is now declined")
    await scene.client.click_button("Update status", within="Latest")
    await scene.client.wait_for_text(f"/escalate reopen {reference} <reason>")
    await scene.picture("refused")


async def test_escalate_this_message_takes_its_address_and_not_its_words(scene: Scene) -> None:
    words = "They all post the same insult under her clips"
    client = scene.client
    scene.stack.do("message", user="bao", channel="general", text=words)
    await client.go("general")
    await client.message_shortcut(words, "escalate_message")
    references = client.field("References").locator("textarea")
    await expect(references).to_have_value(re.compile(r"^https?://\S+C0GENERAL\S+$"))
    await scene.picture("the-form-has-the-address")
    await client.fill_modal({"Title": "Same insult, many accounts", "Category": "Hate"})
    await client.fill_modal({"Severity": "P2 · Medium"})
    await expect(client.modal()).to_contain_text("Who is paged when you send this")
    await client.submit()
    await expect(client.modal()).to_contain_text("is open as P2")
    reference = reference_in(await client.modal().inner_text())
    await client.cancel()
    await scene.goes_to_room(reference)
    await expect(scene.card()).to_contain_text("References:")
    assert words not in str(scene.stack.look("api_log"))


async def test_who_cant_take_it_is_followed_by_the_next_at_once(scene: Scene) -> None:
    reference = await opens(scene, "p1 A court order has arrived")
    await says(scene, f"/escalate page {reference} legal by noon, please", "is being paged")
    client = scene.client
    await scene.becomes("priya")
    await client.click_button("Can't take it", within=f"{reference} · Legal")
    await client.fill_modal({"Why can't you take it?": "In court until five"})
    await scene.picture("the-reason")
    await scene.sends_the_form()
    await client.wait_for_text("You said that you can't take it (“In court until five”)")
    await scene.picture("priya-is-out-of-it")
    await scene.becomes("tom")
    await client.wait_for_text(f"{reference} · Legal is needed", within="#message-list")
    assert scene.paged_for(reference).count("tom") == 1


async def test_a_page_is_handed_over_with_a_summary(scene: Scene) -> None:
    reference = await opens(scene, "p1 A paper asks for comment")
    await says(scene, f"/escalate page {reference} pr", "is being paged")
    client = scene.client
    await scene.becomes("sofia")
    await client.click_button("Hand over", within=f"{reference} · PR")
    await client.fill_modal(
        {"Or a person": "Hana Sato", "Summary for the next person": "Holding line is agreed."}
    )
    await scene.picture("the-form")
    await scene.sends_the_form()
    await scene.becomes("hana")
    await client.wait_for_text(f"{reference} · You are needed", within="#message-list")
    await client.wait_for_text("Holding line is agreed.", within="#message-list")
    await scene.picture("hana-is-paged")
    await client.click_button("Acknowledge", within=reference)
    await client.wait_for_text("You acknowledged", within="#message-list")


async def test_long_and_right_to_left_titles_stay_in_their_place(scene: Scene) -> None:
    for name, title in (("long", LONG_TITLE[:300].strip()), ("rtl", RTL_TITLE)):
        await scene.client.go("escalations")
        reference = await opens(scene, f"p2 {title}")
        await scene.picture(f"{name}-opened")
        await scene.goes_to_room(reference)
        for scheme in ("light", "dark"):
            await scene.page.emulate_media(color_scheme=scheme)
            await scene.picture(f"{name}-card-{scheme}")
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await scene.page.evaluate(wider)
        await scene.page.emulate_media(color_scheme="light")


async def test_a_snoozed_update_reminder_is_silent_until_its_time(scene: Scene) -> None:
    """A free reminder that is due meanwhile proves that the bot looked and kept silent."""
    reference = await opens(scene, "p1 Edited interview of an athlete")
    await says(scene, f"/escalate assign {reference} me", "@Mei Tan now owns")
    client = scene.client
    await client.fast_forward("1h")
    await client.fast_forward("1h")
    await scene.becomes("mei")
    await client.wait_for_text("no update since", within="#message-list")
    await scene.picture("no-update-for-two-hours")
    await client.choose("update_snooze", "30 minutes", within="Edited interview")
    await client.wait_for_text("Snoozed until", within="#message-list")
    await client.go("escalations")
    await says(scene, "/escalate remind in 24m look again", "Reminder set for")
    for _ in range(5):
        await client.fast_forward("5m")
    await scene.becomes("mei")
    await client.wait_for_text("look again", within="#message-list")
    await expect(reminding(scene, reference)).to_have_count(1)
    await scene.picture("silence")
    await client.fast_forward("5m")
    await expect(reminding(scene, reference)).to_have_count(2)
    both = await reminding(scene, reference).all_inner_texts()
    since = {text.split("no update since")[1].split(".")[0] for text in both}
    assert len(since) == 1, "a snooze is no update"
    await scene.picture("and-again")


async def opens(scene: Scene, what: str) -> str:
    """By command; returns the reference."""
    before = await scene.client.messages()
    await scene.client.type(f"/escalate open {what}")
    answers = scene.page.locator("#message-list .message-body")
    await expect(answers).not_to_have_count(len(before))
    scene.opened.append(reference_in(await answers.last.inner_text()))
    return scene.opened[-1]


async def says(scene: Scene, command: str, answer: str) -> None:
    """Types it where they are, and waits for the answer beneath."""
    before = len(await scene.client.messages())
    await scene.client.type(command)
    answers = scene.page.locator("#message-list .message-body")
    await expect(answers).to_have_count(before + 1)
    await expect(answers.last).to_contain_text(answer)


def reminding(scene: Scene, reference: str) -> Locator:
    messages = scene.page.locator("#message-list .message")
    return messages.filter(has_text=reference).filter(has_text="no update since")


def reference_in(text: str) -> str:
    found = re.search(r"ESC-\d+", text)
    assert found, text
    return found.group()
