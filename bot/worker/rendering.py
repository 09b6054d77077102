"""View → the message that is sent."""

from typing import Any, assert_never

from bot.domain.messages import (
    AccessAnswer,
    AccessRequest,
    Assigned,
    DigestView,
    ExhaustedMessage,
    Home,
    InvitationEnded,
    PageMessage,
    ReminderMessage,
    RoomLost,
    TaskReminder,
    Unanswered,
    Unedited,
    Uninvited,
    UpdateReminder,
)
from bot.domain.reading import Card, MovedCard, Notice
from bot.render import access, card, digest, escalations, home, notices, pages, reminders
from bot.render.desk import Desk
from bot.render.message import Message
from bot.services.letters import View


def message(desk: Desk, view: View) -> Message:
    """Render whatever is posted to a channel or a person."""
    match view:
        case PageMessage():
            return pages.page(desk, view)
        case Card():
            return card.card(desk, view)
        case MovedCard():
            return card.moved(desk, view)
        case Notice():
            return notices.notice(desk, view)
        case ReminderMessage():
            return reminders.reminder(desk, view)
        case TaskReminder():
            return reminders.task_reminder(desk, view)
        case UpdateReminder():
            return reminders.update_reminder(desk, view)
        case Unanswered():
            return escalations.unanswered(desk, view)
        case ExhaustedMessage():
            return escalations.exhausted(desk, view)
        case AccessRequest():
            return access.request(desk, view)
        case AccessAnswer():
            return access.answer(desk, view)
        case Assigned():
            return escalations.assigned(desk, view)
        case RoomLost():
            return escalations.room_lost(desk, view)
        case DigestView():
            return digest.digest(desk, view.name, view.figures, late_since=view.late_since)
        case Unedited():
            return escalations.unedited(desk, view)
        case Uninvited():
            return escalations.uninvited(desk, view)
        case InvitationEnded():
            return access.invitation_ended(desk, view)
        case Home():
            raise TypeError("a home tab is published, not posted")
        case other:
            assert_never(other)


def home_view(desk: Desk, view: Home) -> dict[str, Any]:
    return home.home(desk, view)
