"""Registers every listener with Bolt."""

import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.domain.controls import COMMAND, Shortcut
from bot.render.incidents import answers
from handlers import buttons, forms, shortcuts
from handlers.buttons import button_listener as clicks
from handlers.commands import command_listener as commands
from handlers.errors import report
from handlers.events import event_listener as events
from handlers.events.dropped import DroppedEvents
from handlers.forms import form_listener as submissions
from handlers.shell import Shell

ANYTHING = re.compile(".*")


def register(app: AsyncApp, shell: Shell) -> None:
    """Make `app` answer everything that Slack sends.

    It is made for `process_before_response=True`.
    """
    app.use(DroppedEvents(shell.on_events_dropped))
    app.command(COMMAND)(commands.listener(shell))
    clicked = clicks.listener(shell)
    for button in buttons.BUTTONS:
        app.action(button.value)(clicked)
    redraw = submissions.redraw_listener(shell)
    for field in forms.REDRAWN:
        app.action(field.value)(redraw)
    submitted = submissions.listener(shell)
    for form in forms.FORMS:
        app.view(form.value)(submitted)
    used = shortcuts.listener(shell)
    for shortcut in Shortcut:
        app.shortcut(shortcut.value)(used)
    app.event(ANYTHING)(events.listener(shell))
    # After the known ones: requests of older versions and of forgers get an answer too.
    app.action(ANYTHING)(clicks.unknown_listener(shell))
    app.view(ANYTHING)(submissions.unknown_listener(shell))
    app.error(_last_resort(shell))


def _last_resort(shell: Shell) -> Any:
    """Report an error from outside every handler. A command still gets an answer."""

    async def failed(
        error: Exception, body: dict[str, Any], context: AsyncBoltContext
    ) -> BoltResponse:
        reference = report(error, "A request")
        if context.authorize_result is None or "command" not in body:
            return BoltResponse(status=500, body="")
        said = answers.refused(shell.wording, error, reference)
        return BoltResponse(status=200, body={"text": said.text, "blocks": said.blocks})

    return failed
