"""Words that are no verbs, and the commands that people mean by them.

They are looked up before any comparison with a verb: `nack` is similar to `ack` and means the
opposite.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.typed.normal import normal
from handlers.typed.severities import code_first
from handlers.typed.words import ENDS, plain, reference_first_if_any


@dataclass(frozen=True, slots=True)
class OtherWay:
    """The commands to offer for words that are no verb.

    `{of}` becomes the escalation. Brackets become the rest of the typed text, if there is any. The
    `block` of help.j2 gives the reason. Without a block the commands are enough.
    """

    commands: tuple[str, ...]
    block: str = ""
    alone: bool = True
    """Whether the words mean this without an escalation too."""


_HAND_OVER = OtherWay(("handover {of} [<team or @person> <summary>]",))
_CANNOT_TAKE = OtherWay(("handover {of} [<team or @person> <summary>]",), "meant_cannot_take")
_FALSE_ALARM = OtherWay(("decline {of} [false alarm]",), "meant_no_escalation")
_NO_ESCALATION = OtherWay(("decline {of} [<reason>]",), "meant_no_escalation")
_NOT_DELETED = OtherWay(("decline {of} <reason>", "duplicate {of} of ESC-m"), "meant_delete")
_CANCEL = OtherWay(("decline {of} <reason>", "reminders"), "meant_cancel")
_RESTRICT = OtherWay(("edit {of} restricted",))
_DECIDE = OtherWay(("show {of}",), "meant_decision")
_QUIET = OtherWay(("reminders",), "meant_quiet")
_END = OtherWay(("resolve {of} [<what was done>]", "close {of}"), "meant_end")
_SEVERITY = OtherWay(("severity {of} [<p0-p3> <reason>]",))
_PAGE = OtherWay(("page {of} [<team or @person> <why>]",))
_MORE_HELP = OtherWay(
    ("page {of} <team or @person> <why>", "severity {of} <p0-p3> <reason>"),
    "meant_more_help",
    alone=False,
)
_ACK = OtherWay(("ack {of}",))
_ASSIGN = OtherWay(("assign {of} [<@person or me>]",))
_UPDATE = OtherWay(("update {of} [<text>]",))
_ON_CALL = OtherWay(("oncall [<team>]",))
_LIST = OtherWay(("list open", "list mine"))
_REPORT = OtherWay(("open <title>", "digest preview"), "meant_report")
_TASK = OtherWay(("task {of} [<@person> <text> by <when>]",))
_RECALL = OtherWay(("update {of} <text>", "page {of} <team or @person> <why>"), "undo_paged")

MEANT: Mapping[str, OtherWay] = {
    **dict.fromkeys(
        (
            "nack",
            "nak",
            "can't",
            "cannot",
            "can not",
            "can't take",
            "cannot take",
            "can not take",
            "can't take it",
            "cannot take it",
            "unable",
            "skip",
        ),
        _CANNOT_TAKE,
    ),
    **dict.fromkeys(
        (
            "hand",
            "hand over",
            "hand off",
            "hand it over",
            "hand it off",
            "pass",
            "pass on",
            "pass it on",
            "transfer",
            "delegate",
            "forward",
        ),
        _HAND_OVER,
    ),
    **dict.fromkeys(("false alarm", "falsealarm", "false positive"), _FALSE_ALARM),
    **dict.fromkeys(
        (
            "not an escalation",
            "not an incident",
            "no escalation",
            "no incident",
            "dismiss",
            "ignore",
        ),
        _NO_ESCALATION,
    ),
    **dict.fromkeys(("delete", "remove", "erase", "discard", "withdraw", "retract"), _NOT_DELETED),
    **dict.fromkeys(("cancel", "stop", "abort", "undo", "revert"), _CANCEL),
    **dict.fromkeys(
        ("restrict", "restricted", "make restricted", "confidential", "private", "hide"),
        _RESTRICT,
    ),
    **dict.fromkeys(("decision", "decisions", "decide", "record decision"), _DECIDE),
    **dict.fromkeys(
        ("mute", "unmute", "snooze", "silence", "quiet", "unsubscribe", "stop reminding me"), _QUIET
    ),
    **dict.fromkeys(
        ("end", "solve", "solved", "fixed", "complete", "completed", "all clear"), _END
    ),
    **dict.fromkeys(
        (
            *("upgrade", "downgrade", "bump", "increase", "decrease", "reduce"),
            *("de-escalate", "deescalate", "raise", "raise to", "raise it", "raise severity"),
            *("raise the severity", "lower", "lower to", "lower it", "lower severity"),
            "lower the severity",
        ),
        _SEVERITY,
    ),
    **dict.fromkeys(
        ("ask", "tell", "ping", "alert", "contact", "inform", "invite", "repage", "re-page"), _PAGE
    ),
    **dict.fromkeys(("recall", "page back"), _RECALL),
    **dict.fromkeys(
        ("accept", "claim", "confirm", "on it", "got it", "i got it", "mine", "roger"), _ACK
    ),
    **dict.fromkeys(("reassign", "re-assign", "give"), _ASSIGN),
    **dict.fromkeys(("announce", "say", "publish", "broadcast"), _UPDATE),
    **dict.fromkeys(("on call", "on duty", "rota", "schedule"), _ON_CALL),
    **dict.fromkeys(("action", "follow up", "followup"), _TASK),
    "re open": OtherWay(("reopen {of} [<reason>]",)),
    "escalate": _MORE_HELP,
    "incident": _LIST,
    "report": _REPORT,
}

_FILLING = re.compile(
    r"(?:please|pls|plz|kindly|hey|hi|hello|tocsin|bot|escalate|i\s+(?:want|need|would\s+like)\s+to"
    r"|(?:can|could|would|will)\s+(?:you|we|i|somebody|someone)|let\s*'?s|just|now|and|then|also|ok)"
    rf"{ENDS}",
    re.IGNORECASE,
)
"""Words before a verb that mean nothing: `please open …`, `/escalate escalate …`."""
_TO = re.compile(r"^to\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\[(.*)\]")


def _letters(phrase: str) -> str:
    return re.sub(r"[^a-z]", "", phrase.lower())


def _as_pattern(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ ", r"[-\s]+").replace("'", "'?")


_PHRASE = re.compile(
    rf"({'|'.join(map(_as_pattern, sorted(MEANT, key=len, reverse=True)))}){ENDS}", re.IGNORECASE
)
_BY_LETTERS = {_letters(phrase): way for phrase, way in MEANT.items()}


@dataclass(frozen=True, slots=True)
class Meant:
    """`said` is the phrase that was found. `words` is the text after it, as typed."""

    said: str
    words: str
    way: OtherWay

    def commands(self, of: str, text: str) -> list[str]:
        return [_filled(command, of, plain(text)) for command in self.way.commands]

    @property
    def takes_text(self) -> bool:
        return any("[" in command for command in self.way.commands)


def meant(text: str) -> Meant | None:
    """Find a phrase in front that is no verb but has a known meaning."""
    line = normal(text)
    found = _PHRASE.match(line.norm)
    if found is None:
        return None
    way = _BY_LETTERS[_letters(found[1])]
    return Meant(found[1], line.behind(found.end()), way)


def means_severity(text: str) -> bool:
    """Whether `raise` is about an open escalation: `raise ESC-5 p0`, `raise severity`.

    `raise` alone opens a new one.
    """
    found = meant(text)
    if found is None or not found.said.lower().startswith("raise"):
        return False
    return found.said.lower() != "raise" or reference_first_if_any(found.words) is not None


def without_filling(text: str) -> str | None:
    """Return the text without `please` and the like in front, or None if there is none."""
    line, taken = normal(text), False
    while found := _FILLING.match(line.norm):
        line, taken = normal(line.behind(found.end())), True
    return line.raw if taken else None


def _filled(command: str, of: str, text: str) -> str:
    """Replace the brackets by the rest of the typed text."""
    if command.startswith(("handover", "page", "assign", "severity")):
        text = _TO.sub("", text, count=1)
    if command.startswith("severity") and text and code_first(text)[0] is None:
        text = f"<p0-p3> {text}"
    if command.startswith("handover") and len(text.split()) == 1:
        text = f"{text} <summary>"
    return _BRACKETS.sub(lambda found: text or found[1], command.replace("{of}", of))
