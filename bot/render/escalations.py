"""To the people who must act beside the ones paged: the escalation manager, a new owner."""

from bot.domain.controls import Button
from bot.domain.ids import UserId
from bot.domain.reading import ExhaustedMessage, Head
from bot.render.blocks import Block, actions, button, context, section
from bot.render.desk import Desk
from bot.render.message import Message, message
from bot.render.pages import channel_link


def exhausted(desk: Desk, view: ExhaustedMessage) -> Message:
    """Nobody acknowledged: who was tried, and what is left to do."""
    head, team = view.head, view.team
    blocks: list[Block] = [section(desk.say("escalation", "exhausted", head=head, team=team))]
    if view.tried:
        blocks.append(section(desk.say("escalation", "exhausted_tried", tried=view.tried)))
    choices = [button(desk, Button.PAGE_TEAM, head.id, "primary")]
    # Of a masked incident nobody learns here whether it has an owner.
    if head.full and head.owner is None:
        choices.append(button(desk, Button.TAKE_OWNERSHIP, head.id))
    choices.append(button(desk, Button.SHOW if head.full else Button.REQUEST_ACCESS, head.id))
    blocks.append(context(desk.say("escalation", "exhausted_next")))
    blocks.append(actions(choices))
    text = desk.say("escalation", "exhausted_fallback", head=head, team=team)
    return message(text, blocks)


def assigned(desk: Desk, head: Head, by: UserId) -> Message:
    """To the new owner, when somebody else chose them."""
    channel = channel_link(head)
    choices = [
        button(desk, Button.SHOW, head.id),
        button(desk, Button.UPDATE_STATUS, head.id),
    ]
    blocks: list[Block] = [
        section(desk.say("escalation", "assigned", head=head, by=by)),
        context(desk.say("escalation", "assigned_next", head=head, channel=channel)),
        actions(choices),
    ]
    return message(desk.say("escalation", "assigned_fallback", head=head, by=by), blocks)
