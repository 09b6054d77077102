"""Asking to see a restricted incident, and the answer."""

from bot.domain.controls import Button
from bot.domain.messages import AccessAnswer, AccessRequest, InvitationEnded
from bot.render.blocks import Block, actions, button, context, section
from bot.render.desk import Desk
from bot.render.message import Message, message


def request(desk: Desk, view: AccessRequest) -> Message:
    """To the person who decides. A button's value is the request's id."""
    said = desk.say("escalation", "access_request", view=view)
    if view.outcome is not None:
        return message(
            said, [section(said), section(desk.say("escalation", "access_request_over", view=view))]
        )
    yes, no = Button.GRANT_ACCESS, Button.REFUSE_ACCESS
    if view.by_hand:
        yes, no = Button.KEEP_ADDED, Button.REMOVE_ADDED
    blocks: list[Block] = [
        section(said),
        context(desk.say("escalation", "access_request_next", view=view)),
        actions([button(desk, yes, view.id, "primary"), button(desk, no, view.id)]),
    ]
    return message(said, blocks)


def answer(desk: Desk, view: AccessAnswer) -> Message:
    """To the person who asked."""
    block = "access_granted" if view.granted else "access_refused"
    if view.by is None:
        block = "access_unasked"
    if view.by_hand:
        block = "access_kept"
    said = desk.say("escalation", block, head=view.head, by=view.by, view=view)
    blocks: list[Block] = [section(said)]
    if view.granted:
        blocks.append(actions([button(desk, Button.SHOW, view.head.id, "primary")]))
    return message(said, blocks)


def invitation_ended(desk: Desk, view: InvitationEnded) -> Message:
    """To the person who may let the other one in again."""
    said = desk.say("escalation", "invitation_ended", view=view)
    return message(said, [section(said)])
