"""Messages to one person: about ownership, and about texts that stay after a restriction."""

from bot.domain.controls import Button
from bot.domain.people.person_messages import Assigned, Unedited
from bot.render.blocks import Block, actions, button, context, section
from bot.render.message import Message, message
from bot.render.paging.page_messages import channel_link
from bot.render.wording import Wording


def assigned(wording: Wording, view: Assigned) -> Message:
    """Tell the new owner that someone chose them, or later, that they no longer own it."""
    head = view.head
    said = section(wording.say("person_messages", "assigned", view=view))
    plain = wording.say("person_messages", "assigned_plain", view=view)
    if view.outcome is not None:
        return message(
            plain, [said, section(wording.say("person_messages", "assigned_over", view=view))]
        )
    channel = channel_link(head)
    choices = [
        button(wording, Button.SHOW, head.id),
        button(wording, Button.UPDATE_STATUS, head.id),
    ]
    blocks: list[Block] = [
        said,
        context(wording.say("person_messages", "assigned_next", channel=channel)),
        actions(choices),
    ]
    return message(plain, blocks)


def unedited(wording: Wording, view: Unedited) -> Message:
    """Tell the person who restricted an escalation that a message still shows its text."""
    said = wording.say("person_messages", "unedited", view=view)
    return message(said, [section(said)])
