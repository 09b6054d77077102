"""The playground: a workspace, and everything that a person can do in it."""

from __future__ import annotations

from playground.clock import Clock
from playground.faults import FaultRule
from playground.outcomes import Choice, FormValues, Outcome, Submitted
from playground.records import SLACKBOT, Json
from playground.workspace import Workspace


class Playground:
    """What the browser page, the control API and tests call. All ids are strings of Slack's form.

    Whatever goes wrong on the app's side is shown to the person as Slack shows it (an ephemeral
    note of Slackbot), and returned as an `Outcome` with `ok=False`.
    """

    workspace: Workspace
    clock: Clock
    slackbot = SLACKBOT

    async def send_message(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> Outcome:
        """As typed: `@name`, `#channel`, `@channel` become entities; a leading `/` is a command."""
        raise NotImplementedError

    async def run_command(
        self, user: str, channel: str, command: str, text: str, thread_ts: str | None = None
    ) -> Outcome:
        """A slash command; `command` with its slash."""
        raise NotImplementedError

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        block_id: str | None,
        action_id: str,
        value: Choice = None,
        values: FormValues | None = None,
    ) -> Outcome:
        """An element of a message; `value` is what was chosen (not needed for a button)."""
        raise NotImplementedError

    async def click_view(
        self,
        user: str,
        view_id: str,
        block_id: str | None,
        action_id: str,
        value: Choice = None,
        values: FormValues | None = None,
    ) -> Outcome:
        """An element of a modal or of the home tab; `values` is the form as it stands."""
        raise NotImplementedError

    async def submit_view(self, user: str, view_id: str, values: FormValues) -> Submitted:
        raise NotImplementedError

    async def close_view(self, user: str, view_id: str, *, all_views: bool = False) -> Outcome:
        raise NotImplementedError

    async def open_home(self, user: str) -> Outcome:
        raise NotImplementedError

    async def shortcut_on_message(
        self, user: str, callback_id: str, channel: str, ts: str
    ) -> Outcome:
        raise NotImplementedError

    async def global_shortcut(self, user: str, callback_id: str) -> Outcome:
        raise NotImplementedError

    async def react(self, user: str, channel: str, ts: str, name: str) -> Outcome:
        """Adds the reaction, or takes it away when the person had it there."""
        raise NotImplementedError

    async def pin(self, user: str, channel: str, ts: str) -> Outcome:
        """Pins, or unpins what is pinned."""
        raise NotImplementedError

    async def edit_message(self, user: str, channel: str, ts: str, text: str) -> Outcome:
        raise NotImplementedError

    async def delete_message(self, user: str, channel: str, ts: str) -> Outcome:
        raise NotImplementedError

    async def join_channel(self, user: str, channel: str) -> Outcome:
        raise NotImplementedError

    async def leave_channel(self, user: str, channel: str) -> Outcome:
        raise NotImplementedError

    async def open_dm(self, user: str, *others: str) -> str:
        """The id of the conversation with these people (or with the app's bot user)."""
        raise NotImplementedError

    async def redeliver(self, seq: int) -> Outcome:
        """Sends a logged delivery to the app once more."""
        raise NotImplementedError

    async def advance(self, seconds: float) -> float:
        """Moves virtual time on; answers the new offset."""
        raise NotImplementedError

    def set_faults(self, faults: list[FaultRule]) -> None:
        raise NotImplementedError

    def commands(self) -> list[Json]:
        """The manifest's slash commands: `command`, `description`, `usage_hint`."""
        raise NotImplementedError

    def message_shortcuts(self) -> list[Json]:
        """The manifest's message shortcuts: `name`, `callback_id`, `description`."""
        raise NotImplementedError

    def global_shortcuts(self) -> list[Json]:
        raise NotImplementedError
