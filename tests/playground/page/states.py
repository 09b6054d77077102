"""Every state of the page, each with the way to it from Ada's #general."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import expect

from playground.state.records import Message
from playground.testing import RunningPlayground
from playground.web.faults import FaultKind, FaultRule
from tests.playground.page import everything
from tests.playground.page.driver import Client
from tests.playground.page.tiny_app import DEEPER, FORM

State = Callable[[Client, RunningPlayground], Awaitable[None]]
STATES: dict[str, State] = {}


def state(way: State) -> State:
    STATES[way.__name__.replace("_", " ")] = way
    return way


# Conversations


@state
async def an_empty_channel(client: Client, _: RunningPlayground) -> None:
    await client.go("quiet")


@state
async def a_lively_channel(client: Client, slack: RunningPlayground) -> None:
    """Words, notes, a thread, reactions, a pin, an answer for one person, unread messages."""
    bob, ada = slack.person("bob"), slack.person("ada")
    general = slack.channel("general")
    question = await ada.say("Who is on call for `legal`?", "general")
    assert question.message is not None
    await bob.say("I am.", "general", thread_ts=question.message.ts)
    await slack.slack.react(bob.id, general.id, question.message.ts, "eyes")
    await slack.slack.pin(bob.id, general.id, question.message.ts)
    await slack.slack.share_file(bob.id, general.id, "evidence.pdf")
    slack.slack.rooms.set_topic(general, "All of us", bob.id)
    await client.type("/beacon what")
    await client.wait_for_text("Only visible to you", within="#message-list")
    await client.go("quiet")
    await bob.say("@ada please look at <https://example.com>", "general")
    await bob.say("<!channel> it is urgent", "general")
    await client.go("general")
    await client.wait_for_text("it is urgent", within="#message-list")


@state
async def every_block(client: Client, slack: RunningPlayground) -> None:
    post_everything(slack)
    await client.wait_for_text("Every block", within="#message-list")


@state
async def every_block_pressed_and_refused(client: Client, slack: RunningPlayground) -> None:
    post_everything(slack)
    slack.send_to(None)
    await client.click_button("later")
    await client.wait_for_text("did not answer", within="#message-list")


@state
async def a_message_pointed_at(client: Client, slack: RunningPlayground) -> None:
    await slack.person("bob").say("Anybody there?", "general")
    await client.message("Anybody there?").hover()


@state
async def the_menu_of_a_message(client: Client, _: RunningPlayground) -> None:
    await client.type("Anybody there?")
    await client.message("Anybody there?").hover()
    await client.message("Anybody there?").locator("[data-menu-opener]").click()
    await client.page.wait_for_selector("#menu:popover-open")


@state
async def new_messages_below(client: Client, slack: RunningPlayground) -> None:
    for number in range(60):
        await slack.person("bob").say(f"Line {number}", "general")
    await client.wait_for_text("Line 59", within="#message-list")
    await client.page.evaluate("document.getElementById('messages').scrollTop = 0")
    await slack.person("bob").say("And one more", "general")
    await expect(client.page.locator("[data-jump]")).to_be_visible()


@state
async def a_direct_message(client: Client, slack: RunningPlayground) -> None:
    channel = await slack.slack.open_dm(slack.person("ada").id, slack.person("bob").id)
    await client.go(channel)


@state
async def a_channel_that_one_may_join(client: Client, _: RunningPlayground) -> None:
    await client.become("bob", "quiet")


@state
async def an_archived_channel(client: Client, slack: RunningPlayground) -> None:
    await slack.slack.archive_channel(slack.person("ada").id, slack.channel("quiet").id)
    await client.go("quiet")


# The composer


async def _typing(client: Client, words: str) -> None:
    await client.page.locator("#composer textarea").press_sequentially(words)
    await client.page.wait_for_selector("#composer .suggestions:not([hidden])")


@state
async def a_command_completed(client: Client, _: RunningPlayground) -> None:
    await _typing(client, "/be")


@state
async def a_verb_completed(client: Client, _: RunningPlayground) -> None:
    await _typing(client, "/beacon ")


@state
async def a_person_completed(client: Client, _: RunningPlayground) -> None:
    await _typing(client, "ask @")
    await client.page.keyboard.press("ArrowDown")


@state
async def a_channel_completed(client: Client, _: RunningPlayground) -> None:
    await _typing(client, "see #ge")


@state
async def the_shortcuts(client: Client, _: RunningPlayground) -> None:
    await client.page.click('#composer [popovertarget="shortcuts"]')
    await client.page.wait_for_selector("#shortcuts:popover-open")


# Panes and the side bar


@state
async def a_thread(client: Client, slack: RunningPlayground) -> None:
    asked = await slack.person("bob").say("Anybody there?", "general")
    assert asked.message is not None
    await slack.person("ada").say("Yes.", "general", thread_ts=asked.message.ts)
    await client.open_thread("Anybody there?")
    await client.wait_for_text("Yes.", within="#thread-list")


@state
async def a_thread_without_replies(client: Client, slack: RunningPlayground) -> None:
    await slack.person("bob").say("Anybody there?", "general")
    await client.open_thread("Anybody there?")


@state
async def about_a_channel(client: Client, slack: RunningPlayground) -> None:
    said = await slack.person("bob").say("Read this first", "general")
    assert said.message is not None
    await slack.slack.pin(slack.person("bob").id, slack.channel("general").id, said.message.ts)
    await client.page.click("[data-about]")
    await client.wait_for_text("Read this first", within="#side")


@state
async def the_side_bar_unfolded(client: Client, slack: RunningPlayground) -> None:
    await slack.slack.archive_channel(slack.person("ada").id, slack.channel("quiet").id)
    await slack.person("ada").say("@bob and @cleo, please", "general")
    await slack.person("bob").say("@ada here", "secret")
    await expect(client.place("secret").locator(".badge")).to_be_visible()
    await expect(client.page.locator("[data-waiting]")).to_have_count(2)
    await client.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    await client.page.evaluate("document.getElementById('app').classList.add('sidebar-open')")


@state
async def the_people_to_switch_to(client: Client, slack: RunningPlayground) -> None:
    for number in range(9):
        await slack.slack.add_person(f"dora{number}", {"real_name": f"Dora Lim {number}"})
    await client.page.evaluate("document.getElementById('app').classList.add('sidebar-open')")
    await client.page.evaluate("document.querySelector('[data-switcher]').click()")
    await client.wait_for_text("Dora Lim 8", within="#menu")


@state
async def the_weather(client: Client, slack: RunningPlayground) -> None:
    await slack.slack.archive_channel(slack.person("ada").id, slack.channel("quiet").id)
    await client.type("/beacon light Fire")
    await client.wait_for_text("Fire", within="#message-list")
    slack.slack.set_faults(
        [FaultRule(kind=FaultKind.HTTP_500), FaultRule(kind=FaultKind.HANG, channel="C1")]
    )
    await client.page.click("[data-open-weather]")
    await client.wait_for_text("chat.postMessage", within="#side")


# Forms


@state
async def a_form_with_everything(client: Client, slack: RunningPlayground) -> None:
    await opened(client, slack, everything.FORM)


@state
async def a_form_scrolled_to_its_end(client: Client, slack: RunningPlayground) -> None:
    await opened(client, slack, everything.FORM)
    await client.modal().locator(".block-context").last.scroll_into_view_if_needed()


@state
async def a_form_with_errors(client: Client, slack: RunningPlayground) -> None:
    await opened(client, slack, everything.FORM)
    view = slack.slack.workspace.open_view(slack.person("ada").id)
    assert view is not None
    slack.slack.screens.show_errors(view, everything.ERRORS)
    await client.wait_for_text("Say which line it is", within="#modal")


@state
async def a_form_that_got_no_answer(client: Client, slack: RunningPlayground) -> None:
    await opened(client, slack, FORM)
    await client.fill_modal({"Title": "fire", "Teams": ["PR"]})
    slack.send_to(None)
    await client.submit()
    await client.wait_for_text("No app is connected", within="#modal")


@state
async def a_form_on_a_form(client: Client, slack: RunningPlayground) -> None:
    await opened(client, slack, FORM)
    slack.slack.screens.push(slack.person("ada").id, DEEPER)
    await client.wait_for_text("Deeper down", within="#modal-dialog")


@state
async def a_form_to_be_read(client: Client, slack: RunningPlayground) -> None:
    read_only = {name: part for name, part in everything.FORM.items() if name != "submit"}
    blocks = [part for part in everything.FORM["blocks"] if part["type"] != "input"]
    await opened(client, slack, {**read_only, "blocks": blocks})


@state
async def a_list_of_many(client: Client, slack: RunningPlayground) -> None:
    await _picking(client, slack, "needed-one")


@state
async def a_list_with_groups(client: Client, slack: RunningPlayground) -> None:
    await _picking(client, slack, "needed-grouped")


@state
async def a_list_to_choose_several(client: Client, slack: RunningPlayground) -> None:
    await _picking(client, slack, "needed-several")


@state
async def a_list_of_people(client: Client, slack: RunningPlayground) -> None:
    for number in range(9):
        await slack.slack.add_person(f"dora{number}", {"real_name": f"Dora Lim {number}"})
    await _picking(client, slack, "optional-people")


@state
async def a_list_in_which_nothing_is_found(client: Client, slack: RunningPlayground) -> None:
    await _picking(client, slack, "needed-one")
    await client.page.keyboard.type("no such market")
    await expect(client.page.locator(".menu-none:visible")).to_be_visible()


@state
async def a_list_in_a_message(client: Client, slack: RunningPlayground) -> None:
    post_everything(slack)
    await client.page.locator('[data-action-id="row-one"] .pick-face').click()
    await client.page.wait_for_selector(".pick-menu:popover-open")


@state
async def an_overflow_menu(client: Client, slack: RunningPlayground) -> None:
    post_everything(slack)
    await client.page.locator('.overflow[data-action-id="more"] > button').click()
    await client.page.wait_for_selector(".overflow [popover]:popover-open")


# Questions and notices


@state
async def a_question_before_a_button(client: Client, slack: RunningPlayground) -> None:
    post_everything(slack)
    await client.click_button("quench")
    await expect(client.page.locator("#ask")).to_be_visible()


@state
async def a_question_before_a_form_is_discarded(client: Client, slack: RunningPlayground) -> None:
    await opened(client, slack, FORM)
    await client.fill_modal({"Title": "fire"})
    await client.page.keyboard.press("Escape")
    await expect(client.page.locator("#ask")).to_be_visible()


@state
async def a_notice(client: Client, _: RunningPlayground) -> None:
    await client.page.evaluate(
        "document.dispatchEvent(new CustomEvent('notice', {detail: {value: 'It is gone.'}}))"
    )
    await expect(client.page.locator("#notice")).to_be_visible()


@state
async def the_connection_lost(client: Client, _: RunningPlayground) -> None:
    await client.page.evaluate("document.getElementById('offline').hidden = false")


# The home tab, and what is not there


@state
async def the_home_tab(client: Client, slack: RunningPlayground) -> None:
    await client.go("home")
    await client.wait_for_text("Your beacons", within="#home")
    slack.slack.screens.publish(slack.person("ada").id, everything.HOME)
    await client.wait_for_text("Fire on the hill", within="#home")


@state
async def an_empty_home_tab(client: Client, slack: RunningPlayground) -> None:
    slack.send_to(None)
    await client.go("home")


@state
async def the_messages_of_the_app(client: Client, _: RunningPlayground) -> None:
    await client.go_to_app()


@state
async def a_place_that_is_not_there(client: Client, _: RunningPlayground) -> None:
    await client.page.goto(f"{client.base}/client/ada/nowhere")


@state
async def a_workspace_without_people(client: Client, slack: RunningPlayground) -> None:
    # An open page would load itself again meanwhile.
    await client.page.goto("about:blank")
    await slack.slack.reset({"people": [], "channels": []})
    await client.page.goto(client.base)


# What they share


def post_everything(slack: RunningPlayground) -> Message:
    blocks: list[dict[str, Any]] = everything.message_blocks(
        slack.person("bob").id, slack.channel("general").id
    )
    for number, block in enumerate(blocks):
        block["block_id"] = f"b{number}"
    message = Message(
        ts=slack.slack.clock.next_ts(),
        channel=slack.channel("general").id,
        user=slack.slack.app.user_id,
        text="Everything",
        blocks=blocks,
        bot_id=slack.slack.app.bot_id,
    )
    return slack.slack.rooms.post(message)


async def opened(client: Client, slack: RunningPlayground, form: dict[str, Any]) -> None:
    slack.slack.screens.open(slack.person("ada").id, form)
    await client.modal().wait_for()


async def _picking(client: Client, slack: RunningPlayground, action_id: str) -> None:
    await opened(client, slack, everything.FORM)
    await client.modal().locator(f'[data-action-id="{action_id}"] .pick-face').click()
    await client.page.wait_for_selector(".pick-menu:popover-open")
