"""One type for each expected error. The error mapper in `handlers` turns each into a message.

`str(error)` of a refusal is only the class name, because fields may hold text that a person typed
and no log may contain that. The dataclasses are not frozen, because `contextlib` sets an
exception's traceback.
"""

from bot.domain.errors.access import (
    AnsweredAlready,
    AskedAlready,
    CannotBeLetIn,
    MayNotTighten,
    MayOnlyRead,
    NoAccess,
    NobodyToAsk,
    NotPermitted,
    RefusedLately,
    RoleUnknown,
    Stranger,
    Undescribed,
)
from bot.domain.errors.base import (
    AlreadyHandled,
    HistoryGone,
    NotYours,
    PerhapsStored,
    PolicyError,
    Refused,
    StoreUnavailable,
    TocsinError,
)
from bot.domain.errors.followups import AlreadyReminded, ReminderChanged
from bot.domain.errors.incidents import (
    Already,
    IllegalMove,
    IncidentClosed,
    NothingToDo,
    OriginalEnded,
    ReasonNeeded,
)
from bot.domain.errors.paging import (
    AlreadyAcknowledged,
    AlreadyPaged,
    BeingPaged,
    HandedOverAlready,
    HoldsNothing,
    NobodyAfter,
    NobodyToPage,
    NothingToAcknowledge,
    WhichTeam,
)
from bot.domain.errors.typed import BadInput, FormErrors, Misread, NotFound, Unclear

__all__ = [
    "Already",
    "AlreadyAcknowledged",
    "AlreadyHandled",
    "AlreadyPaged",
    "AlreadyReminded",
    "AnsweredAlready",
    "AskedAlready",
    "BadInput",
    "BeingPaged",
    "CannotBeLetIn",
    "FormErrors",
    "HandedOverAlready",
    "HistoryGone",
    "HoldsNothing",
    "IllegalMove",
    "IncidentClosed",
    "MayNotTighten",
    "MayOnlyRead",
    "Misread",
    "NoAccess",
    "NobodyAfter",
    "NobodyToAsk",
    "NobodyToPage",
    "NotFound",
    "NotPermitted",
    "NotYours",
    "NothingToAcknowledge",
    "NothingToDo",
    "OriginalEnded",
    "PerhapsStored",
    "PolicyError",
    "ReasonNeeded",
    "Refused",
    "RefusedLately",
    "ReminderChanged",
    "RoleUnknown",
    "StoreUnavailable",
    "Stranger",
    "TocsinError",
    "Unclear",
    "Undescribed",
    "WhichTeam",
]
