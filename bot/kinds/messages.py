"""All kinds of message. A look-up and a renderer with the same name make each one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.access.access_messages import (
    AccessAnswerArgs,
    AccessRequestArgs,
    InvitationEndedArgs,
    UninvitedArgs,
)
from bot.domain.channels.channel_messages import (
    CardPostArgs,
    ChannelCreateArgs,
    ChannelInviteArgs,
    ChannelLostArgs,
    ChannelRemoveArgs,
    NoticeArgs,
)
from bot.domain.delivery.message_args import Args, MessageArgs, RepeatableArgs
from bot.domain.digests.digest_message import DigestArgs
from bot.domain.fallback.ways import OutsideArgs
from bot.domain.followups.reminder_messages import TaskReminderArgs, UpdateReminderArgs
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.page_messages import CanaryArgs, PageArgs
from bot.domain.people.person_messages import AssignedArgs, UneditedArgs
from bot.domain.unanswered.manager_messages import UnansweredArgs
from bot.render.access import access_messages as access_words
from bot.render.channels import channel_messages as channel_words
from bot.render.digests import digest_message as digest_words
from bot.render.followups import reminder_messages as reminder_words
from bot.render.incidents import home as home_words
from bot.render.incidents.timeline import dated
from bot.render.message import Message
from bot.render.paging import page_messages as page_words
from bot.render.people import person_messages as person_words
from bot.render.unanswered import manager_messages as manager_words
from bot.render.wording import Wording
from bot.services.access import access_messages, access_outcomes
from bot.services.channels import channel, channel_messages, channel_outcomes
from bot.services.delivery.content import MessageContent, View
from bot.services.delivery.message_kinds import MessageKind, MessageKinds
from bot.services.digests import digest_message
from bot.services.fallback import ways
from bot.services.followups import reminder_messages
from bot.services.incidents import home
from bot.services.lookups import Lookups
from bot.services.paging import page_messages, page_outcomes
from bot.services.people import departures, edit_outcomes, person_messages
from bot.services.unanswered import manager_messages, manager_outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(MessageKind[Lookups, View, Args]):
    """A kind of message and its renderer. A kind without words of its own has no renderer.

    A Home tab's renderer returns the view that Slack publishes.
    """

    render: Callable[[Wording, View], Message | dict[str, Any]] | None = None


ROWS: Mapping[DeliveryKind, Row[Any, Any]] = {
    DeliveryKind.PAGE: Row(
        args=PageArgs,
        look_up=page_messages.page,
        render=page_words.page,
        locks_incident=True,
        must_arrive=True,
        sent_together=page_outcomes.pages_sent,
        repeats=page_outcomes.page_repeats,
        rejected=page_outcomes.page_rejected,
        place_refused=page_outcomes.page_place_refused,
        doubted=page_outcomes.page_doubted,
    ),
    DeliveryKind.PAGE_UPDATE: Row(
        args=MessageArgs,
        look_up=page_messages.page_update,
        render=page_words.page,
        rejected=page_outcomes.page_update_rejected,
    ),
    DeliveryKind.CANARY: Row(
        args=CanaryArgs,
        look_up=page_messages.canary,
        render=page_words.page,
        locks_incident=True,
        tried_again=False,
        sent_together=page_outcomes.pages_sent,
    ),
    DeliveryKind.CANARY_UPDATE: Row(
        args=MessageArgs,
        look_up=page_messages.page_update,
        render=page_words.page,
        tried_again=False,
    ),
    DeliveryKind.CHANNEL_CREATE: Row(
        args=ChannelCreateArgs,
        look_up=channel_messages.channel_create,
        posts=False,
        limited_method="conversations.create",
        locks_incident=True,
        tried_again=False,
        sent=channel_outcomes.channel_create_sent,
        rejected=channel_outcomes.channel_create_rejected,
    ),
    DeliveryKind.CHANNEL_INVITE: Row(
        args=ChannelInviteArgs,
        look_up=channel_messages.channel_invite,
        posts=False,
        limited_method="conversations.invite",
        aside=True,
        sent=channel_outcomes.channel_invite_sent,
        place_refused=channel_outcomes.channel_invite_place_refused,
    ),
    DeliveryKind.CHANNEL_REMOVE: Row(
        args=ChannelRemoveArgs,
        look_up=channel_messages.channel_remove,
        posts=False,
        limited_method="conversations.kick",
        aside=True,
        tried_again=False,
        rejected=channel_outcomes.channel_remove_rejected,
    ),
    DeliveryKind.CARD_PIN: Row(
        args=MessageArgs,
        look_up=channel_messages.card_pin,
        posts=False,
        limited_method="pins.add",
        aside=True,
        tried_again=False,
    ),
    DeliveryKind.CARD_POST: Row(
        args=CardPostArgs,
        look_up=channel_messages.card_post,
        stands=channel_messages.card_post_stands,
        render=channel_words.card_post,
        locks_incident=True,
        sent=channel_outcomes.card_post_sent,
        rejected=channel_outcomes.card_post_rejected,
        has_no_place=channel_outcomes.card_post_has_no_place,
    ),
    DeliveryKind.CARD_UPDATE: Row(
        args=MessageArgs,
        look_up=channel_messages.card_update,
        render=channel_words.card_post,
        rejected=channel_outcomes.card_update_rejected,
    ),
    DeliveryKind.NOTICE: Row(
        args=NoticeArgs,
        look_up=channel_messages.notice,
        stands=channel_messages.notice_stands,
        render=channel_words.notice,
        news=True,
    ),
    DeliveryKind.CHANNEL_LOST: Row(
        args=ChannelLostArgs,
        look_up=channel_messages.channel_lost,
        stands=channel_messages.channel_lost_stands,
        render=channel_words.channel_lost,
        news=True,
    ),
    DeliveryKind.REMINDER: Row(
        args=MessageArgs,
        look_up=reminder_messages.reminder,
        stands=reminder_messages.reminder_stands,
        render=reminder_words.reminder,
    ),
    DeliveryKind.TASK_REMINDER: Row(
        args=TaskReminderArgs,
        look_up=reminder_messages.task_reminder,
        stands=reminder_messages.task_reminder_stands,
        render=reminder_words.task_reminder,
    ),
    DeliveryKind.UPDATE_REMINDER: Row(
        args=UpdateReminderArgs,
        look_up=reminder_messages.update_reminder,
        stands=reminder_messages.update_reminder_stands,
        render=reminder_words.update_reminder,
    ),
    DeliveryKind.UNANSWERED: Row(
        args=UnansweredArgs,
        look_up=manager_messages.unanswered,
        stands=manager_messages.unanswered_stands,
        render=manager_words.unanswered,
    ),
    DeliveryKind.EXHAUSTED: Row(
        args=RepeatableArgs,
        look_up=manager_messages.exhausted,
        stands=manager_messages.exhausted_stands,
        render=manager_words.exhausted,
        locks_incident=True,
        must_arrive=True,
        sent=manager_outcomes.exhausted_sent,
        rejected=manager_outcomes.exhausted_rejected,
        doubted=manager_outcomes.exhausted_doubted,
    ),
    DeliveryKind.ACCESS_REQUEST: Row(
        args=AccessRequestArgs,
        look_up=access_messages.access_request,
        stands=access_messages.access_request_stands,
        render=access_words.access_request,
        news=True,
        tried_again=False,
        rejected=access_outcomes.access_request_rejected,
    ),
    DeliveryKind.ACCESS_ANSWER: Row(
        args=AccessAnswerArgs,
        look_up=access_messages.access_answer,
        stands=access_messages.access_answer_stands,
        render=access_words.access_answer,
        news=True,
    ),
    DeliveryKind.UNINVITED: Row(
        args=UninvitedArgs, look_up=access_messages.uninvited, render=access_words.uninvited
    ),
    DeliveryKind.INVITATION_ENDED: Row(
        args=InvitationEndedArgs,
        look_up=access_messages.invitation_ended,
        render=access_words.invitation_ended,
        news=True,
    ),
    DeliveryKind.ASSIGNED: Row(
        args=AssignedArgs,
        look_up=person_messages.assigned,
        stands=person_messages.assigned_stands,
        render=person_words.assigned,
        news=True,
    ),
    DeliveryKind.UNEDITED: Row(
        args=UneditedArgs, look_up=person_messages.unedited, render=person_words.unedited
    ),
    DeliveryKind.DIGEST: Row(
        args=DigestArgs,
        look_up_slowly=digest_message.digest,
        stands=digest_message.digest_stands,
        render=digest_words.digest,
    ),
    DeliveryKind.HOME: Row(
        args=MessageArgs,
        look_up_slowly=home.home,
        render=home_words.home,
        posts=False,
        tried_again=False,
    ),
    DeliveryKind.FALLBACK: Row(args=OutsideArgs, posts=False),
    DeliveryKind.EXHAUSTED_OUTSIDE: Row(args=OutsideArgs, posts=False),
    DeliveryKind.MESSAGE_EDIT: Row(args=MessageArgs, rejected=edit_outcomes.message_edit_rejected),
}

MESSAGES = MessageKinds(
    ROWS,
    Lookups,
    is_place_of=channel.is_place_of,
    channel_lost=channel.channel_lost,
    person_gone=departures.mark_gone,
    send_other_ways=ways.send_other_ways,
)


def words(wording: Wording, message: MessageContent[Any]) -> Mapping[str, Any]:
    """Render a message's content as the arguments of Slack's method, without the place."""
    render = ROWS[message.kind].render if message.kind else None
    assert render is not None
    said = render(wording, message.view)
    if not isinstance(said, Message):
        return {"view": said}
    if message.since is not None:
        said = dated(wording, said, message.since)
    return {"text": said.text, "blocks": said.blocks}
