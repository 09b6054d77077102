"""Sends commands, clicks, forms and shortcuts to the app, and acts on its answer."""

from __future__ import annotations

from typing import Any

from playground.manifest import Manifest
from playground.outcomes import Choice, Filled, Outcome, Submitted
from playground.sending.answers import Answers
from playground.sending.deliveries import Deliveries
from playground.sending.payloads import Payloads
from playground.sending.typed import as_command_text
from playground.state import elements
from playground.state.records import Channel, Delivery, Json, Message, View
from playground.state.rooms import Rooms
from playground.state.screens import Screens
from playground.state.workspace import Workspace
from playground.web.refusal import Refusal
from slack_rules import check_view

NO_SUCH_ELEMENT = Outcome(False, "no_such_element")


class Interactions:
    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        rooms: Rooms,
        screens: Screens,
        payloads: Payloads,
        answers: Answers,
        deliveries: Deliveries,
    ) -> None:
        self.workspace = workspace
        self.manifest = manifest
        self.rooms = rooms
        self.screens = screens
        self.payloads = payloads
        self.answers = answers
        self.deliveries = deliveries

    async def command(
        self, user: str, channel: Channel, command: str, text: str, thread_ts: str | None
    ) -> Outcome:
        refused = self._command_refused(user, channel, command, thread_ts)
        if refused is not None:
            self.rooms.whisper(channel.id, user, refused[0], thread_ts)
            return Outcome(False, refused[1])
        entry = self.manifest.command(command) or {}
        sent = as_command_text(self.workspace, text, should_escape=bool(entry.get("should_escape")))
        payload = self.payloads.command(user, channel, command, sent)
        delivery = await self.deliveries.send("command", command, user, payload)
        error = delivery.error
        message = None
        if error is None:
            try:
                message = self.answers.to_command(user, channel.id, delivery.answer)
            except Refusal as refusal:
                error = refusal.code
        if error is not None:
            self.rooms.whisper(channel.id, user, f'`{command}` failed with the error "{error}"')
        return Outcome(error is None, error, delivery, message)

    async def click(
        self,
        user: str,
        message: Message,
        block_id: str | None,
        action_id: str,
        value: Choice,
        values: Filled | None,
    ) -> Outcome:
        found = elements.find(message.blocks, block_id, action_id)
        if found is None:
            return NO_SUCH_ELEMENT
        block, element = found
        try:
            action = elements.action(block, element, value, self.workspace.clock.next_ts())
            state = elements.initial_state(message.blocks)
            state = elements.filled_in(message.blocks, state, values)
        except elements.NoSuchOption:
            return Outcome(False, "no_such_option")
        if action_id in state.get(block["block_id"], {}):
            state[block["block_id"]][action_id] = _state_of(action)
        payload = self.payloads.message_action(user, message, action, state)
        delivery = await self.deliveries.send("interactive", "block_actions", user, payload)
        return self._told(user, message.channel, delivery, message.thread_ts)

    async def click_view(
        self,
        user: str,
        view: View,
        block_id: str | None,
        action_id: str,
        value: Choice,
        values: Filled | None,
    ) -> Outcome:
        found = elements.find(view.blocks, block_id, action_id)
        if found is None:
            return NO_SUCH_ELEMENT
        block, element = found
        try:
            action = elements.action(block, element, value, self.workspace.clock.next_ts())
            view.state = elements.filled_in(view.blocks, view.state, values)
        except elements.NoSuchOption:
            return Outcome(False, "no_such_option")
        if action_id in view.state.get(block["block_id"], {}):
            view.state[block["block_id"]][action_id] = _state_of(action)
        payload = self.payloads.view_action(user, view, action)
        delivery = await self.deliveries.send("interactive", "block_actions", user, payload)
        return Outcome(delivery.error is None, delivery.error, delivery)

    async def submit(self, user: str, view: View, values: Filled) -> Submitted:
        """Send the form. An error stays in it until it is sent again or redrawn."""
        view.errors, view.failure = {}, None
        fate = await self._submitted(user, view, values)
        if fate.error is not None:
            self.screens.show_failure(view, fate.error)
        return fate

    async def _submitted(self, user: str, view: View, values: Filled) -> Submitted:
        """Make the client's checks, then let the app's answer decide what to show."""
        try:
            view.state = elements.filled_in(view.blocks, view.state, values)
        except elements.NoSuchOption:
            return Submitted(False, error="no_such_option")
        errors = elements.form_errors(view.blocks, view.state)
        if errors:
            self.screens.show_errors(view, errors)
            return Submitted(False, errors)
        payload = self.payloads.view_submission(user, view)
        delivery = await self.deliveries.send("interactive", "view_submission", user, payload)
        if delivery.error is not None:
            return Submitted(False, error=delivery.error, delivery=delivery)
        try:
            return self._follow(view, delivery)
        except Refusal as refusal:
            return Submitted(False, error=refusal.code, delivery=delivery)

    async def close(self, user: str, view: View, *, all_views: bool) -> Outcome:
        """Close a view, and tell the app if the view asked for that."""
        stack = list(self.workspace.view_stacks[user])
        cleared = all_views or bool(view.payload.get("clear_on_close"))
        closed = stack if cleared else stack[stack.index(view) :]
        if cleared:
            self.screens.clear(user)
        else:
            self.screens.close(view)
        outcome = Outcome(True)
        for each in reversed(closed):
            if each.payload.get("notify_on_close"):
                payload = self.payloads.view_closed(user, each, is_cleared=cleared)
                delivery = await self.deliveries.send("interactive", "view_closed", user, payload)
                outcome = Outcome(delivery.error is None, delivery.error, delivery)
        return outcome

    async def message_shortcut(self, user: str, callback_id: str, message: Message) -> Outcome:
        payload = self.payloads.message_shortcut(user, callback_id, message)
        delivery = await self.deliveries.send("interactive", "message_action", user, payload)
        return self._told(user, message.channel, delivery, message.thread_ts)

    async def global_shortcut(self, user: str, callback_id: str) -> Outcome:
        payload = self.payloads.global_shortcut(user, callback_id)
        delivery = await self.deliveries.send("interactive", "shortcut", user, payload)
        return Outcome(delivery.error is None, delivery.error, delivery)

    def _command_refused(
        self, user: str, channel: Channel, command: str, thread_ts: str | None
    ) -> tuple[str, str] | None:
        """Return Slack's own refusal as a text and a code, or None."""
        person = self.workspace.people[user]
        known = not self.manifest.content or self.manifest.command(command) is not None
        if not known or person.is_stranger:
            return f"`{command}` is not a valid command.", "unknown_command"
        if thread_ts is not None:
            return f"`{command}` is not supported in threads. Sorry!", "not_in_threads"
        if channel.is_archived:
            return "You can't use commands in an archived channel.", "is_archived"
        return None

    def _told(
        self, user: str, channel: str, delivery: Delivery, thread_ts: str | None = None
    ) -> Outcome:
        if delivery.error is not None:
            words = f'This app did not answer: the action failed with the error "{delivery.error}"'
            self.rooms.whisper(channel, user, words, thread_ts)
        return Outcome(delivery.error is None, delivery.error, delivery)

    def _follow(self, view: View, delivery: Delivery) -> Submitted:
        """Act on `response_action`: errors, update, push, clear. No answer closes the view."""
        answer = delivery.answer
        if answer in (None, "", {}):
            self.screens.close(view)
            return Submitted(True, delivery=delivery)
        if not isinstance(answer, dict):
            raise Refusal("invalid_response")
        match answer.get("response_action"):
            case "errors":
                errors = _field_errors(view, answer.get("errors"))
                self.screens.show_errors(view, errors)
                return Submitted(False, errors, delivery=delivery)
            case "update":
                self.screens.update(view, _view_of(answer))
            case "push":
                self.screens.push(view.user, _view_of(answer))
            case "clear":
                self.screens.clear(view.user)
            case _:
                raise Refusal("invalid_response")
        return Submitted(True, delivery=delivery)


def _view_of(answer: Json) -> Json:
    problems = check_view(answer.get("view"))
    if problems:
        raise Refusal.of_payload("invalid_arguments", problems)
    return {name: value for name, value in answer["view"].items() if value is not None}


def _field_errors(view: View, errors: Any) -> dict[str, str]:
    """Return the errors. Each must name an input block, or Slack shows none of them."""
    inputs = {block["block_id"] for block in view.blocks if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("invalid_response")
    return {str(block_id): str(words) for block_id, words in errors.items()}


def _state_of(action: Json) -> Json:
    """The action's choice as an entry of `state.values`."""
    return {
        name: value
        for name, value in action.items()
        if name == "type" or name.startswith("selected_") or name in ("value", "rich_text_value")
    }
