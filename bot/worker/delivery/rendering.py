"""View → the message that is sent."""

from typing import Any, assert_never

from bot.domain.access.access_messages import (
    AccessAnswer,
    AccessRequestMessage,
    InvitationEnded,
    Uninvited,
)
from bot.domain.channels.lost_channel import RoomLost
from bot.domain.digests.digest_message import DigestView
from bot.domain.followups.reminder_messages import ReminderMessage, TaskReminder, UpdateReminder
from bot.domain.incidents.home import Home
from bot.domain.incidents.views import Card, MovedCard, Notice
from bot.domain.paging.page_messages import PageMessage
from bot.domain.people.person_messages import Assigned, Unedited
from bot.domain.unanswered.manager_messages import ExhaustedMessage, Unanswered
from bot.render.access import access_messages
from bot.render.digests import digest_message
from bot.render.followups import reminder_messages
from bot.render.incidents import card, home, timeline
from bot.render.message import Message
from bot.render.paging import page_messages
from bot.render.unanswered import manager_messages
from bot.render.wording import Wording
from bot.services.delivery.content import View


def message(wording: Wording, view: View) -> Message:
    """Render whatever is posted to a channel or a person."""
    match view:
        case PageMessage():
            return page_messages.page(wording, view)
        case Card():
            return card.card(wording, view)
        case MovedCard():
            return card.moved(wording, view)
        case Notice():
            return timeline.notice(wording, view)
        case ReminderMessage():
            return reminder_messages.reminder(wording, view)
        case TaskReminder():
            return reminder_messages.task_reminder(wording, view)
        case UpdateReminder():
            return reminder_messages.update_reminder(wording, view)
        case Unanswered():
            return manager_messages.unanswered(wording, view)
        case ExhaustedMessage():
            return manager_messages.exhausted(wording, view)
        case AccessRequestMessage():
            return access_messages.request(wording, view)
        case AccessAnswer():
            return access_messages.answer(wording, view)
        case Assigned():
            return manager_messages.assigned(wording, view)
        case RoomLost():
            return manager_messages.room_lost(wording, view)
        case DigestView():
            return digest_message.digest(
                wording, view.name, view.figures, late_since=view.late_since
            )
        case Unedited():
            return manager_messages.unedited(wording, view)
        case Uninvited():
            return manager_messages.uninvited(wording, view)
        case InvitationEnded():
            return access_messages.invitation_ended(wording, view)
        case Home():
            raise TypeError("a home tab is published, not posted")
        case other:
            assert_never(other)


def home_view(wording: Wording, view: Home) -> dict[str, Any]:
    return home.home(wording, view)
