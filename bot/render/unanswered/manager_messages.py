"""To the people who must act beside the ones paged: the escalation manager, a new owner."""

from bot.domain.access.access_messages import Uninvited
from bot.domain.channels.lost_channel import RoomLost
from bot.domain.controls import Button
from bot.domain.incidents.views import Head
from bot.domain.people.person_messages import Assigned, Unedited
from bot.domain.unanswered.manager_messages import ExhaustedMessage, Unanswered
from bot.render.blocks import Block, Element, actions, button, context, section
from bot.render.message import Message, message
from bot.render.paging.page_messages import channel_link
from bot.render.text import fitting
from bot.render.text.fitting import Part
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording


def unanswered(wording: Wording, view: Unanswered) -> Message:
    """To the owner: a team's first step passed, who is paged now, or what became of it."""
    head, team, asks = view.head, view.team, view.asks
    values = {"head": head, "team": team, "you": view.you}
    said = wording.say("escalation", "unanswered", tried=view.tried, asks=asks, **values)
    then = "unanswered_next" if asks else "unanswered_since"
    show = button(wording, Button.SHOW if head.full else Button.REQUEST_ACCESS, head.id)
    choices = [show, button(wording, Button.PAGE_TEAM, head.id)] if asks and head.full else [show]
    blocks: list[Block] = [
        section(said),
        context(wording.say("escalation", then, ended=view.ended, **values)),
        actions(choices),
    ]
    return message(wording.say("escalation", "unanswered_fallback", **values), blocks)


def exhausted(wording: Wording, view: ExhaustedMessage) -> Message:
    """No one acknowledged: who was paged, and what is left to do, or how it ended."""
    head, team = view.head, view.team
    text = wording.say("escalation", "exhausted_fallback", view=view, team=team)
    if view.newer:
        pointer = wording.say("escalation", "exhausted_newer", view=view, team=team)
        return message(text, [section(pointer)])
    blocks: list[Part] = [section(wording.say("escalation", "exhausted", view=view, team=team))]
    if view.tried:
        blocks.append(section(wording.say("escalation", "exhausted_tried", tried=view.tried)))
    if view.waits and view.untold:
        blocks.append(section(wording.say("escalation", "exhausted_untold", untold=view.untold)))
    if not view.waits:
        blocks.append(section(wording.say("escalation", "exhausted_over", view=view, team=team)))
    if view.others:
        blocks.append(_other_teams(wording, view))
    if not view.asks:
        return message(text, blocks)
    blocks.append(
        context(wording.say("escalation", "exhausted_next", head=head, team=team, view=view))
    )
    if view.may_repeat:
        blocks.append(context(wording.say("escalation", "exhausted_may_repeat")))
    blocks.append(actions(_exhausted_choices(wording, head)))
    return message(text, blocks)


def _other_teams(wording: Wording, view: ExhaustedMessage) -> Part:
    """Those of which earlier messages told, whose place this one takes."""
    others = sorted(view.others, key=lambda row: wording.place(row.team))
    rows = [wording.say("escalation", "exhausted_other", team=team) for team in others]
    heading = wording.say("escalation", "exhausted_others")

    def more(count: int) -> Mrkdwn:
        return wording.say("card", "more_teams", count=count)

    return fitting.lines(heading, rows, more)


def _exhausted_choices(wording: Wording, head: Head) -> list[Element]:
    """A reader who is not in it can't page for it: they ask for access first."""
    if not head.full:
        return [button(wording, Button.REQUEST_ACCESS, head.id, "primary")]
    choices = [button(wording, Button.PAGE_TEAM, head.id, "primary")]
    if head.owner is None:
        choices.append(button(wording, Button.TAKE_OWNERSHIP, head.id))
    return [*choices, button(wording, Button.SHOW, head.id)]


def assigned(wording: Wording, view: Assigned) -> Message:
    """To the new owner, when someone else chose them; later that they no longer own it."""
    head = view.head
    said = section(wording.say("escalation", "assigned", view=view))
    fallback = wording.say("escalation", "assigned_fallback", view=view)
    if view.outcome is not None:
        return message(
            fallback, [said, section(wording.say("escalation", "assigned_over", view=view))]
        )
    channel = channel_link(head)
    choices = [
        button(wording, Button.SHOW, head.id),
        button(wording, Button.UPDATE_STATUS, head.id),
    ]
    blocks: list[Block] = [
        said,
        context(wording.say("escalation", "assigned_next", channel=channel)),
        actions(choices),
    ]
    return message(fallback, blocks)


def room_lost(wording: Wording, view: RoomLost) -> Message:
    """Its channel was lost: how it comes back; later where the work goes on."""
    said = section(wording.say("escalation", "room_lost", view=view))
    fallback = wording.say("escalation", "room_lost_fallback", view=view)
    block = "room_lost_over" if view.again_at is None else "room_lost_next"
    then = section(wording.say("escalation", block, view=view, channel=channel_link(view.head)))
    choices = [
        button(wording, Button.SHOW if view.head.full else Button.REQUEST_ACCESS, view.head.id)
    ]
    return message(fallback, [said, then, actions(choices)])


def unedited(wording: Wording, view: Unedited) -> Message:
    """To the person who made an escalation restricted: a message that still shows its text."""
    said = wording.say("escalation", "unedited", view=view)
    return message(said, [section(said)])


def uninvited(wording: Wording, view: Uninvited) -> Message:
    """Slack keeps a person out of a channel; to them, or to the person who answers for it."""
    said = wording.say("escalation", "uninvited" if view.person else "uninvited_you", view=view)
    return message(said, [section(said)])
