"""Messages in an escalation's channel, and about a channel that was lost."""

from bot.domain.channels.channel_messages import ChannelLost
from bot.domain.controls import Button
from bot.domain.incidents.views import Card, MovedCard, Notice
from bot.render.blocks import actions, button, section
from bot.render.incidents import card
from bot.render.incidents.timeline import IN_A_NOTICE, block_of, recorded, sentence
from bot.render.message import Message, message
from bot.render.paging.page_messages import channel_link
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording


def card_post(wording: Wording, view: Card | MovedCard) -> Message:
    """The card, or its remainder in a shared channel that the escalation has left."""
    if isinstance(view, MovedCard):
        return card.moved(wording, view)
    return card.card(wording, view)


def notice(wording: Wording, view: Notice) -> Message:
    """Post one timeline entry, with the next action if there is one."""
    head, entry = view.head, view.entry
    if not head.full:
        text = wording.say("notice", "masked", head=head)
        return message(text, [section(text)])
    said = sentence(wording, entry, IN_A_NOTICE, aloud=True)
    then = f"then_{block_of(entry)}"
    if view.then and wording.words.has("notice", then):
        data, told = recorded(wording, entry), view.in_charge
        more = wording.say("notice", then, head=head, data=data, in_charge=told)
        said = Mrkdwn(f"{said}\n{more}".strip())
    plain = wording.say("notice", "plain", head=head, sentence=said)
    return message(plain, [section(said)])


def channel_lost(wording: Wording, view: ChannelLost) -> Message:
    """Say that a channel was lost and how it comes back, or later, where the work continues."""
    said = section(wording.say("channel_messages", "channel_lost", view=view))
    plain = wording.say("channel_messages", "channel_lost_plain", view=view)
    block = "channel_lost_over" if view.again_at is None else "channel_lost_next"
    then = section(
        wording.say("channel_messages", block, view=view, channel=channel_link(view.head))
    )
    choices = [
        button(wording, Button.SHOW if view.head.full else Button.REQUEST_ACCESS, view.head.id)
    ]
    return message(plain, [said, then, actions(choices)])
