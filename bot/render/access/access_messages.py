"""Requests for access to a restricted incident, and their answers."""

from bot.domain.access.access_messages import (
    AccessAnswer,
    AccessRequestMessage,
    InvitationEnded,
    Uninvited,
)
from bot.domain.controls import Button
from bot.render.blocks import Block, actions, button, context, section
from bot.render.message import Message, message
from bot.render.wording import Wording


def access_request(wording: Wording, view: AccessRequestMessage) -> Message:
    """Ask the person who decides. A button's value is the request's id."""
    said = wording.say("access_messages", "access_request", view=view)
    if view.outcome is not None:
        return message(
            said,
            [
                section(said),
                section(wording.say("access_messages", "access_request_over", view=view)),
            ],
        )
    yes, no = Button.GRANT_ACCESS, Button.REFUSE_ACCESS
    if view.by_hand:
        yes, no = Button.KEEP_ADDED, Button.REMOVE_ADDED
    blocks: list[Block] = [
        section(said),
        context(wording.say("access_messages", "access_request_next", view=view)),
        actions([button(wording, yes, view.id, "primary"), button(wording, no, view.id)]),
    ]
    return message(said, blocks)


def access_answer(wording: Wording, view: AccessAnswer) -> Message:
    """Tell a person that they got or did not get access."""
    block = "access_granted" if view.granted else "access_refused"
    if view.by is None:
        block = "access_unasked"
    if view.by_hand:
        block = "access_kept"
    said = wording.say("access_messages", block, head=view.head, by=view.by, view=view)
    blocks: list[Block] = [section(said)]
    if view.granted:
        blocks.append(actions([button(wording, Button.SHOW, view.head.id, "primary")]))
    return message(said, blocks)


def invitation_ended(wording: Wording, view: InvitationEnded) -> Message:
    """Tell people who may let others in that a person's invitation ended."""
    said = wording.say("access_messages", "invitation_ended", view=view)
    return message(said, [section(said)])


def uninvited(wording: Wording, view: Uninvited) -> Message:
    """Tell a person, or the one who answers for it, that Slack keeps them out of a channel."""
    said = wording.say(
        "access_messages", "uninvited" if view.person else "uninvited_you", view=view
    )
    return message(said, [section(said)])
