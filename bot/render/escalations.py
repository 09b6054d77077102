"""To the people who must act beside the ones paged: the escalation manager, a new owner."""

from bot.domain.controls import Button
from bot.domain.messages import (
    Assigned,
    ExhaustedMessage,
    RoomLost,
    Unanswered,
    Unedited,
    Uninvited,
)
from bot.domain.reading import Head
from bot.render import fitting
from bot.render.blocks import Block, Element, actions, button, context, section
from bot.render.desk import Desk
from bot.render.fitting import Part
from bot.render.message import Message, message
from bot.render.mrkdwn import Mrkdwn
from bot.render.pages import channel_link


def unanswered(desk: Desk, view: Unanswered) -> Message:
    """To the owner: a team's first step passed, who is paged now, or what became of it."""
    head, team, asks = view.head, view.team, view.asks
    values = {"head": head, "team": team, "you": view.you}
    said = desk.say("escalation", "unanswered", tried=view.tried, asks=asks, **values)
    then = "unanswered_next" if asks else "unanswered_since"
    show = button(desk, Button.SHOW if head.full else Button.REQUEST_ACCESS, head.id)
    choices = [show, button(desk, Button.PAGE_TEAM, head.id)] if asks and head.full else [show]
    blocks: list[Block] = [
        section(said),
        context(desk.say("escalation", then, ended=view.ended, **values)),
        actions(choices),
    ]
    return message(desk.say("escalation", "unanswered_fallback", **values), blocks)


def exhausted(desk: Desk, view: ExhaustedMessage) -> Message:
    """No one acknowledged: who was paged, and what is left to do, or how it ended."""
    head, team = view.head, view.team
    text = desk.say("escalation", "exhausted_fallback", view=view, team=team)
    if view.newer:
        pointer = desk.say("escalation", "exhausted_newer", view=view, team=team)
        return message(text, [section(pointer)])
    blocks: list[Part] = [section(desk.say("escalation", "exhausted", view=view, team=team))]
    if view.tried:
        blocks.append(section(desk.say("escalation", "exhausted_tried", tried=view.tried)))
    if view.waits and view.untold:
        blocks.append(section(desk.say("escalation", "exhausted_untold", untold=view.untold)))
    if not view.waits:
        blocks.append(section(desk.say("escalation", "exhausted_over", view=view, team=team)))
    if view.others:
        blocks.append(_other_teams(desk, view))
    if not view.asks:
        return message(text, blocks)
    blocks.append(
        context(desk.say("escalation", "exhausted_next", head=head, team=team, view=view))
    )
    if view.may_repeat:
        blocks.append(context(desk.say("escalation", "exhausted_may_repeat")))
    blocks.append(actions(_exhausted_choices(desk, head)))
    return message(text, blocks)


def _other_teams(desk: Desk, view: ExhaustedMessage) -> Part:
    """Those of which earlier messages told, whose place this one takes."""
    others = sorted(view.others, key=lambda row: desk.place(row.team))
    rows = [desk.say("escalation", "exhausted_other", team=team) for team in others]
    heading = desk.say("escalation", "exhausted_others")

    def more(count: int) -> Mrkdwn:
        return desk.say("card", "more_teams", count=count)

    return fitting.lines(heading, rows, more)


def _exhausted_choices(desk: Desk, head: Head) -> list[Element]:
    """A reader who is not in it can't page for it: they ask for access first."""
    if not head.full:
        return [button(desk, Button.REQUEST_ACCESS, head.id, "primary")]
    choices = [button(desk, Button.PAGE_TEAM, head.id, "primary")]
    if head.owner is None:
        choices.append(button(desk, Button.TAKE_OWNERSHIP, head.id))
    return [*choices, button(desk, Button.SHOW, head.id)]


def assigned(desk: Desk, view: Assigned) -> Message:
    """To the new owner, when someone else chose them; later that they no longer own it."""
    head = view.head
    said = section(desk.say("escalation", "assigned", view=view))
    fallback = desk.say("escalation", "assigned_fallback", view=view)
    if view.outcome is not None:
        return message(
            fallback, [said, section(desk.say("escalation", "assigned_over", view=view))]
        )
    channel = channel_link(head)
    choices = [
        button(desk, Button.SHOW, head.id),
        button(desk, Button.UPDATE_STATUS, head.id),
    ]
    blocks: list[Block] = [
        said,
        context(desk.say("escalation", "assigned_next", channel=channel)),
        actions(choices),
    ]
    return message(fallback, blocks)


def room_lost(desk: Desk, view: RoomLost) -> Message:
    """Its channel was lost: how it comes back; later where the work goes on."""
    said = section(desk.say("escalation", "room_lost", view=view))
    fallback = desk.say("escalation", "room_lost_fallback", view=view)
    block = "room_lost_over" if view.again_at is None else "room_lost_next"
    then = section(desk.say("escalation", block, view=view, channel=channel_link(view.head)))
    choices = [button(desk, Button.SHOW if view.head.full else Button.REQUEST_ACCESS, view.head.id)]
    return message(fallback, [said, then, actions(choices)])


def unedited(desk: Desk, view: Unedited) -> Message:
    """To the person who made an escalation restricted: a message that still shows its text."""
    said = desk.say("escalation", "unedited", view=view)
    return message(said, [section(said)])


def uninvited(desk: Desk, view: Uninvited) -> Message:
    """Slack keeps a person out of a channel; to them, or to the person who answers for it."""
    said = desk.say("escalation", "uninvited" if view.person else "uninvited_you", view=view)
    return message(said, [section(said)])
