"""Messages to owners and escalation managers about pages that no one acknowledged."""

from bot.domain.controls import Button
from bot.domain.incidents.views import Head
from bot.domain.unanswered.manager_messages import ExhaustedMessage, Unanswered
from bot.render.blocks import Block, Element, actions, button, context, section
from bot.render.message import Message, message
from bot.render.text import fitting
from bot.render.text.fitting import Part
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording


def unanswered(wording: Wording, view: Unanswered) -> Message:
    """Tell the owner that a team's first step passed, and who is paged now or how it ended."""
    head, team, asks = view.head, view.team, view.asks
    values = {"head": head, "team": team, "you": view.you}
    said = wording.say("manager_messages", "unanswered", tried=view.tried, asks=asks, **values)
    then = "unanswered_next" if asks else "unanswered_since"
    show = button(wording, Button.SHOW if head.full else Button.REQUEST_ACCESS, head.id)
    choices = [button(wording, Button.PAGE_TEAM, head.id), show] if asks and head.full else [show]
    blocks: list[Block] = [
        section(said),
        context(wording.say("manager_messages", then, ended=view.ended, **values)),
        actions(choices),
    ]
    return message(wording.say("manager_messages", "unanswered_plain", **values), blocks)


def exhausted(wording: Wording, view: ExhaustedMessage) -> Message:
    """Say that no one acknowledged, who was paged, and what is left to do or how it ended."""
    head, team = view.head, view.team
    text = wording.say("manager_messages", "exhausted_plain", view=view, team=team)
    if view.newer:
        pointer = wording.say("manager_messages", "exhausted_newer", view=view, team=team)
        return message(text, [section(pointer)])
    blocks: list[Part] = [
        section(wording.say("manager_messages", "exhausted", view=view, team=team))
    ]
    if view.tried:
        blocks.append(section(wording.say("manager_messages", "exhausted_tried", view=view)))
    if view.waits and view.untold:
        blocks.append(
            section(wording.say("manager_messages", "exhausted_untold", untold=view.untold))
        )
    if not view.waits:
        blocks.append(
            section(wording.say("manager_messages", "exhausted_over", view=view, team=team))
        )
    if view.others:
        blocks.append(_other_teams(wording, view))
    if not view.asks:
        return message(text, blocks)
    blocks.append(
        context(wording.say("manager_messages", "exhausted_next", head=head, team=team, view=view))
    )
    if view.may_repeat:
        blocks.append(context(wording.say("manager_messages", "exhausted_may_repeat")))
    blocks.append(actions(_exhausted_choices(wording, head)))
    return message(text, blocks)


def _other_teams(wording: Wording, view: ExhaustedMessage) -> Part:
    """List the teams from earlier messages. This message replaces those."""
    others = sorted(view.others, key=lambda row: wording.place(row.team))
    rows = [wording.say("manager_messages", "exhausted_other", team=team) for team in others]
    heading = wording.say("manager_messages", "exhausted_others")

    def more(count: int) -> Mrkdwn:
        return wording.say("card", "more_teams", count=count)

    return fitting.lines(heading, rows, more)


def _exhausted_choices(wording: Wording, head: Head) -> list[Element]:
    """A reader without access cannot page a team. They get a button to ask for access."""
    if not head.full:
        return [button(wording, Button.REQUEST_ACCESS, head.id, "primary")]
    choices = [button(wording, Button.PAGE_TEAM, head.id, "primary")]
    if head.owner is None:
        choices.append(button(wording, Button.TAKE_OWNERSHIP, head.id))
    return [*choices, button(wording, Button.SHOW, head.id)]
