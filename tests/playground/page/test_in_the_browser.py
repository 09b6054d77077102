"""What people do in the page, in a real browser, with a real app behind it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from playground.testing import RunningPlayground
from tests.playground.page.driver import Client

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def thirty_lines(client: Client, slack: RunningPlayground) -> None:
    """More than a window shows."""
    for number in range(30):
        await slack.person("bob").say(f"Line {number}", "general")
    await client.wait_for_text("Line 29", within="#message-list")


async def test_a_message_shows_at_once_and_the_composer_is_empty_again(client: Client) -> None:
    await client.type("Good morning <b>all</b> & @bob")
    await client.wait_for_text("Good morning <b>all</b> & @Bob Okoro", within="#message-list")
    assert await client.page.input_value("#composer textarea") == ""


async def test_another_person_sees_the_message_without_a_reload(
    client: Client, slack: RunningPlayground
) -> None:
    await slack.person("bob").say("Anybody there?", "general")
    await client.wait_for_text("Anybody there?", within="#message-list")


async def test_what_is_being_typed_survives_an_incoming_message(
    client: Client, slack: RunningPlayground
) -> None:
    await client.page.fill("#composer textarea", "half a sen")
    await slack.person("bob").say("Interrupting", "general")
    await client.wait_for_text("Interrupting", within="#message-list")
    assert await client.page.input_value("#composer textarea") == "half a sen"
    await expect(client.page.locator("#composer textarea")).to_be_focused()


async def test_the_list_stays_at_its_end_when_messages_come(
    client: Client, slack: RunningPlayground
) -> None:
    await thirty_lines(client, slack)
    last = client.message("Line 29")
    await expect(last).to_be_in_viewport()


async def test_a_command_completes_and_its_answer_is_seen_by_one_person_only(
    client: Client,
) -> None:
    area = client.page.locator("#composer textarea")
    await area.press_sequentially("/be")
    await client.wait_for_text("Light a beacon", within=".suggestions")
    await area.press("Enter")
    await expect(area).to_have_value("/beacon ")
    await client.wait_for_text("[mine | all]", within=".suggestions")
    await area.press_sequentially("fo")
    await area.press("Tab")
    await expect(area).to_have_value("/beacon form ")
    await area.fill("/beacon what")
    await area.press("Enter")
    await client.wait_for_text("Try light or form.", within="#message-list")
    await client.wait_for_text("Only visible to you", within="#message-list")
    await client.become("bob", "general")
    await client.wait_for_no_text("Try light or form.")


async def test_enter_sends_and_shift_enter_begins_a_line(client: Client) -> None:
    area = client.page.locator("#composer textarea")
    await area.press_sequentially("one")
    await area.press("Shift+Enter")
    await area.press_sequentially("two")
    await area.press("Enter")
    await expect(client.message("one").locator("br")).to_have_count(1)


async def test_a_person_is_completed_by_name(client: Client) -> None:
    area = client.page.locator("#composer textarea")
    await area.press_sequentially("ask @oko")
    await area.press("Enter")
    await expect(area).to_have_value("ask @bob ")


async def test_a_button_changes_the_card_in_place(client: Client) -> None:
    await client.type("/beacon light Fire on the hill")
    await client.wait_for_text("Fire on the hill", within="#message-list")
    await client.click_button("Acknowledge")
    await client.wait_for_text("Seen by @Ada Lind", within="#message-list")
    await client.wait_for_text("(edited)", within="#message-list")


async def test_a_confirm_dialog_stands_before_a_dangerous_button(client: Client) -> None:
    await client.type("/beacon light Fire")
    await client.click_button("quench")
    await expect(client.page.locator("#ask")).to_contain_text("It is dark then.")
    await client.confirm(yes=False)
    await client.click_button("quench")
    await client.confirm()
    await client.wait_for_text("It is dark.", within="#message-list")
    assert (await client.page.inner_text("#message-list")).count("It is dark.") == 1


async def test_an_overflow_menu_sends_what_was_chosen(client: Client) -> None:
    await client.type("/beacon light Fire")
    await client.choose("more", "Help")
    await client.wait_for_text("You chose help.", within="#message-list")


async def test_unread_marks_tell_mentions_from_mere_news(
    client: Client, slack: RunningPlayground
) -> None:
    await client.go("quiet")
    await slack.person("bob").say("Just news", "general")
    await expect(client.place("general").locator(".dot")).to_be_visible()
    assert await client.unread("general") == "•"
    await slack.person("bob").say("And now @ada", "general")
    await expect(client.place("general").locator(".badge")).to_be_visible()
    await client.place("general").click()
    await client.wait_for_text("And now", within="#message-list")
    await expect(client.page.locator(".fresh")).to_have_count(1)
    await expect(client.place("general").locator(".badge")).to_have_count(0)


async def test_the_switcher_shows_who_else_is_asked_for(
    client: Client, slack: RunningPlayground
) -> None:
    await client.type("Please look, @bob")
    waiting = client.page.locator("[data-waiting]")
    await expect(waiting).to_have_count(1)
    await client.switch_to("Bob Okoro")
    await client.wait_for_text("Please look", within="#message-list")
    await expect(client.page.locator("#message-list .mention.me")).to_have_text("@Bob Okoro")
    assert client.me == slack.person("bob").id


async def test_a_private_channel_is_not_there_for_others(client: Client) -> None:
    await expect(client.place("secret")).to_have_count(1)
    await client.become("cleo", "general")
    await expect(client.place("secret")).to_have_count(0)
    await client.page.goto(f"{client.base}/client/cleo/secret")
    await expect(client.page.locator("body")).to_contain_text("you are not in it")


async def test_a_thread_opens_beside_and_counts_its_replies(
    client: Client, slack: RunningPlayground
) -> None:
    await client.type("Who is on duty?")
    await client.open_thread("Who is on duty?")
    await client.reply("I am")
    await client.wait_for_text("I am", within="#thread-list")
    await client.wait_for_text("1 reply", within="#message-list")
    await client.wait_for_no_text("I am", within="#message-list")
    ts = await client.message("Who is on duty?").get_attribute("data-message-ts")
    await slack.person("bob").say("So am I", "general", ts)
    await client.wait_for_text("So am I", within="#thread-list")
    await client.page.keyboard.press("Escape")
    await expect(client.page.locator("[data-thread-pane]")).to_have_count(0)


async def test_reactions_and_pins_from_the_menu_of_a_message(client: Client) -> None:
    await client.type("Remember this")
    await client.react("Remember this", "pushpin")
    await expect(
        client.message("Remember this").locator('[data-reaction="pushpin"]')
    ).to_contain_text("1")
    await client.pin("Remember this")
    await client.wait_for_text("Pinned", within="#message-list")
    await client.message("Remember this").locator('[data-reaction="pushpin"]').click()
    await expect(client.page.locator("[data-reaction]")).to_have_count(0)


async def test_the_apps_shortcuts_stand_in_the_menus(client: Client) -> None:
    await client.type("A spark")
    await client.message_shortcut("A spark", "light")
    await client.wait_for_text("Lit: A spark", within="#message-list")
    await client.global_shortcut("new")
    await expect(client.modal()).to_contain_text("Light a beacon")


async def test_time_moves_on_and_is_each_persons_own(client: Client) -> None:
    before = await client.now()
    await client.fast_forward("1h")
    await expect(client.page.locator("#now b")).not_to_have_text(before)
    there = await client.page.get_attribute("#now", "datetime") or ""
    await client.become("bob", "general")
    assert (await client.page.get_attribute("#now", "datetime") or "").endswith("+09:00")
    assert re.search(r"\+0[01]:00$", there)


async def test_the_home_tab_is_the_apps_page(client: Client) -> None:
    await client.go("home")
    await client.wait_for_text("Your beacons", within="#home")
    await client.click_button("Refresh")
    await client.wait_for_text("Fresh as can be", within="#home")
    await client.go_to_app()
    await expect(client.page.locator('[data-tab="messages"]')).to_have_attribute(
        "aria-current", "page"
    )


async def test_a_loud_mention_is_shown_loud(client: Client, page: Page) -> None:
    await client.type("/beacon loud")
    loud = page.locator("#message-list .mention.loud")
    await expect(loud).to_contain_text("@channel")


async def test_weather_switches_faults_and_shows_the_log(
    client: Client, slack: RunningPlayground
) -> None:
    await client.weather("down")
    assert len(slack.slack.faults.rules) == 1
    await client.type("/beacon light Nothing gets through")
    await client.wait_for_text("chat.postMessage", within="[data-weather]")
    await client.weather("down", on=False)
    assert slack.slack.faults.rules == []


async def test_a_silent_app_is_told_of_in_the_conversation(
    client: Client, slack: RunningPlayground
) -> None:
    address = slack.slack.config.app_url
    slack.send_to("http://127.0.0.1:9/nobody")
    await client.type("/beacon light Fire")
    await client.wait_for_text("Only visible to you", within="#message-list")
    slack.send_to(address)


async def test_a_fresh_workspace_reloads_the_page(client: Client, slack: RunningPlayground) -> None:
    await client.type("Gone soon")
    await client.wait_for_text("Gone soon", within="#message-list")
    await slack.slack.reset()
    await client.wait_for_no_text("Gone soon")


async def test_a_hidden_tab_rests_and_catches_up(client: Client, slack: RunningPlayground) -> None:
    await _hide(client.page, hidden=True)
    await slack.person("bob").say("While you were away, @ada", "general")
    assert slack.channel("general").id in slack.slack.workspace.read_markers.unread(
        slack.person("ada").id
    )
    await client.wait_for_no_text("While you were away")
    await _hide(client.page, hidden=False)
    await client.wait_for_text("While you were away", within="#message-list")
    await slack.until(
        lambda: (
            True if not slack.slack.workspace.read_markers.unread(slack.person("ada").id) else None
        )
    )


async def _hide(page: Page, *, hidden: bool) -> None:
    await page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


async def test_somebody_outside_a_channel_is_asked_to_join(client: Client) -> None:
    await client.become("cleo", "quiet")
    await expect(client.page.locator("#composer")).to_have_count(0)
    await client.page.click("[data-join]")
    await expect(client.page.locator("#composer")).to_be_visible()


async def test_who_leaves_a_private_channel_lands_elsewhere(client: Client) -> None:
    await client.go("secret")
    await client.page.click("[data-about]")
    await client.page.click("[data-leave]")
    await expect(client.place("secret")).to_have_count(0)
    await expect(client.page.locator("#room-head")).to_contain_text("general")


async def test_dark_and_light_are_chosen_and_kept(client: Client) -> None:
    html = client.page.locator("html")
    await client.page.click("[data-theme-toggle]")
    await expect(html).to_have_attribute("data-theme", "dark")
    await client.go("quiet")
    await expect(html).to_have_attribute("data-theme", "dark")
    await client.page.click("[data-theme-toggle]")
    await expect(html).to_have_attribute("data-theme", "light")


async def test_every_control_has_a_name(client: Client) -> None:
    await client.type("/beacon light Fire")
    await client.wait_for_text("Fire", within="#message-list")
    nameless = await client.page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([type=hidden]), textarea')]
            .filter((one) => one.checkVisibility())
            .filter((one) => !(one.getAttribute('aria-label') || one.innerText.trim()
                || one.labels?.length || one.title))
            .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


async def test_nothing_is_asked_of_another_host(client: Client, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await client.type("/beacon light <https://elsewhere.example/picture.png>")
    await client.wait_for_text("Beacon:", within="#message-list")
    await client.go("home")
    assert asked
    assert [url for url in asked if not url.startswith(client.base)] == []


async def test_on_a_phone_the_side_bar_folds_away(client: Client) -> None:
    page = client.page
    await page.set_viewport_size({"width": 390, "height": 844})
    sidebar, fold = page.locator("#sidebar"), page.get_by_role("button", name="Conversations")
    await expect(sidebar).to_be_hidden()
    main = await page.locator("#main").bounding_box()
    assert main is not None
    assert main["width"] == 390
    await fold.click()
    await expect(sidebar).to_be_visible()
    await expect(fold).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Escape")
    await expect(sidebar).to_be_hidden()
    await fold.click()
    await page.locator("#main").click(position={"x": 380, "y": 400})
    await expect(sidebar).to_be_hidden()
    await fold.click()
    await sidebar.get_by_role("link", name="secret").click()
    await expect(page.locator("#room-head")).to_contain_text("secret")
    await expect(sidebar).to_be_hidden()


async def test_the_button_to_new_messages_is_as_high_as_its_text(
    client: Client, slack: RunningPlayground
) -> None:
    await thirty_lines(client, slack)
    await client.page.locator("#messages").evaluate("list => { list.scrollTop = 0; }")
    await slack.person("bob").say("Below the fold", "general")
    button = client.page.get_by_role("button", name="New messages")
    await expect(button).to_be_visible()
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 24
    await button.click()
    await expect(client.message("Below the fold")).to_be_in_viewport()
