"""The kinds of message and of due work, as rows store them."""

from enum import StrEnum


class TimerKind(StrEnum):
    """A kind of due work. A replica leaves rows of an unknown kind alone."""

    PAGE_STEP = "page step"
    UPDATE_DUE = "update due"
    REMINDER = "reminder"
    TASK_DUE = "task due"
    ROOM_REPAIR = "room repair"


class DeliveryKind(StrEnum):
    """What to say or do. The bot writes the text when it sends the delivery."""

    PAGE = "page"
    PAGE_UPDATE = "page update"
    ROOM_CREATE = "room create"
    ROOM_INVITE = "room invite"
    ROOM_REMOVE = "room remove"
    ROOM_LOST = "room lost"
    UNEDITED = "unedited"
    UNINVITED = "uninvited"
    INVITATION_ENDED = "invitation ended"
    CARD_POST = "card post"
    CARD_UPDATE = "card update"
    CARD_PIN = "card pin"
    NOTICE = "notice"
    REMINDER = "reminder"
    TASK_REMINDER = "task reminder"
    UPDATE_REMINDER = "update reminder"
    UNANSWERED = "unanswered"
    EXHAUSTED = "exhausted"
    ACCESS_REQUEST = "access request"
    ACCESS_ANSWER = "access answer"
    ASSIGNED = "assigned"
    DIGEST = "digest"
    HOME = "home"
    FALLBACK = "fallback"
    EXHAUSTED_OUTSIDE = "exhausted outside"
    CANARY = "canary"
    CANARY_UPDATE = "canary update"
    MESSAGE_EDIT = "message edit"


OUTSIDE = (DeliveryKind.FALLBACK, DeliveryKind.EXHAUSTED_OUTSIDE)
"""The kinds that go to a gateway instead of Slack."""
