"""Asking to see a restricted incident, and the answer."""

from bot.domain.controls import Button
from bot.domain.reading import AccessAnswer, AccessRequest
from bot.render.blocks import Block, actions, button, context, section
from bot.render.desk import Desk
from bot.render.message import Message, message


def request(desk: Desk, view: AccessRequest) -> Message:
    """To whoever decides. A button's value is `<incident id>:<asker's id>`."""
    said = desk.say("escalation", "access_request", head=view.head, asker=view.asker)
    if view.outcome is not None:
        return message(
            said, [section(said), section(desk.say("escalation", "access_request_over", view=view))]
        )
    subject = f"{view.head.id}:{view.asker}"
    blocks: list[Block] = [
        section(said),
        context(desk.say("escalation", "access_request_next")),
        actions(
            [
                button(desk, Button.GRANT_ACCESS, subject, "primary"),
                button(desk, Button.REFUSE_ACCESS, subject),
            ]
        ),
    ]
    return message(said, blocks)


def answer(desk: Desk, view: AccessAnswer) -> Message:
    """To whoever asked."""
    block = "access_granted" if view.granted else "access_refused"
    if view.by is None:
        block = "access_unasked"
    said = desk.say("escalation", block, head=view.head, by=view.by)
    blocks: list[Block] = [section(said)]
    if view.granted:
        blocks.append(actions([button(desk, Button.SHOW, view.head.id, "primary")]))
    return message(said, blocks)
