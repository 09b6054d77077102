"""`decline` ends the whole escalation, but a person may type it to turn down their own page."""

import re

from bot.domain.errors import Unclear
from bot.domain.problems.commands import EndsAllOfIt
from bot.policy import Policy
from handlers.commands.verb import Ask
from handlers.typed.normal import normal
from handlers.typed.words import ENDS, colon_before, first_word, plain
from handlers.unclear.for_later import refuse_later, with_colon

_A_PAGE = (
    r"(?:my|the|this|that|your|his|her|their)\s+(?:page|call|request|shift)|pag(?:e|es|ed|ing|er)"
)
_OF_THE_WEB = re.compile(
    r"(?<![\w-])(?:fan|facebook|fb|web|home|landing|profile|company|business|brand|news|wiki\w*|phishing"
    r"|login|community|instagram|tiktok|youtube|product|shop|error|404)[-\s]+pages?(?![\w-])",
    re.IGNORECASE,
)
"""Pages on the web. An escalation may be about them; they do not page anyone."""
_UNABLE = (
    r"(?:can\s?no?t|can't|cant|couldn't|could\s+not|won't|will\s+not|unable\s+to|not\s+able\s+to)"
    r"(?:\s+(?:really|even|currently|possibly))?"
    r"(?:\s+(?:take|do|help|join|handle|come|cover|make|attend|look|pick|ack|acknowledge|respond"
    r"|answer|be|go|get|today|tonight|now|right\s+now|sorry|this\s+week)(?!\w)|\s*(?:[.,;!-]|$))"
)
_ABSENT = (
    r"asleep|sleeping|in\s+bed|on\s+(?:\w+\s+)?leave|vacation|on\s+holidays?|pto|ooo|o\.o\.o"
    r"|out\s+(?:of\s+(?:the\s+)?office|sick)|sick|ill|unwell|afk|day\s+off|off\s+(?:work|today|tonight)"
    r"|(?:off|not\s+on|not\s+my)[-\s]+(?:call|oncall|duty|shift)|off[-\s]?(?:duty|shift|call)"
    r"|not\s+(?:working|available|around|online|at\s+work|at\s+my\s+desk|me|mine)"
    r"|on\s+(?:a|the|my)\s+(?:plane|flight|train|bus|bike|way)"
    r"|in\s+(?:a|another)\s+meeting|unavailable|(?:too|i'm|am)\s+busy|busy(?=\W*$|,)|airport|dentist"
    r"|no\s+(?:laptop|signal|internet)|wrong\s+(?:person|team)"
)
_OTHERS = (
    r"(?:some|any)\s?(?:one|body)\s+else|(?:an)?other\s+(?:person|team|colleague)|reassign|delegate"
    r"|hand\s+(?:it\s+|this\s+)?(?:over|off)|pass\s+(?:it\s+|this\s+)?(?:on|to|over)"
    r"|(?:ask|give|try|for|to|assign)\s+(?:(?:it|this)\s+)?(?:to\s+)?<@\w+>"
    r"|(?:should|can|could|will|would|must|may|please|to)\s+(?:(?:you|please|maybe)\s+)?"
    r"(?:take|ack|acknowledge|cover|step\s+in|pick)(?!\w)"
)
_OF_A_PERSON = re.compile(
    rf"(?<![\w-])(?:{_A_PAGE}|{_UNABLE}|{_ABSENT}|{_OTHERS})(?![\w-])", re.IGNORECASE
)
_I_AM = re.compile(
    r"(?:boarding|driving|flying|travell?ing)(?!\w)|(?:i'm|i\s+am|im)\s+(?!(?:very\s+|quite\s+|pretty\s+)?"
    r"(?:sure|certain|confident|convinced|told|declining|closing|rejecting))",
    re.IGNORECASE,
)
_SAYS_NO_REASON = re.compile(
    r"(?:no|nope|nah|sorry|pass|it|this|that|me|mine|call|request|now|please|pls|thanks|thank\s+you"
    r"|no\s+thanks|thx|ok|okay|yes|[\s.,;!-])+",
    re.IGNORECASE,
)
_DOES = (
    r"(?:\s+(?:should|can|could|will|would|must|may|is|has|needs?|to|please|pls|does|knows?|takes?"
    r"|owns?|handles?|on)(?!\w)|\s*(?:[.,;!?-]|$))"
)


def refuse_about_a_person(ask: Ask, verb: str, said: str, rest: str, *, text_begins: bool) -> None:
    """Raise Unclear if the reason is about a page or a person, or asks for later.

    A colon after the names says that the text is the reason to decline the escalation.
    """
    if text_begins:
        return
    text, of = plain(rest), ask.named or "ESC-n"
    if is_about_a_person(ask.policy, rest):
        raise Unclear(
            EndsAllOfIt(f"{verb} {said}".strip(), text[:80]),
            (f"handover {of} <team or @person> <summary>", with_colon(verb, of, said, text)),
            no_report=True,
        )
    refuse_later(ask, verb, said, rest)


def is_about_a_person(policy: Policy, rest: str) -> bool:
    norm = _OF_THE_WEB.sub(" ", normal(rest).norm)
    people = "|".join(map(re.escape, policy.people)) or "(?!)"
    person = re.compile(rf"(?:<@\w+>|@?(?:{people}){ENDS}){_DOES}", re.IGNORECASE)
    return bool(
        _OF_A_PERSON.search(norm)
        or _I_AM.match(norm)
        or _SAYS_NO_REASON.fullmatch(norm)
        or person.match(norm)
    )


def reason_begins(ask: Ask) -> bool:
    """Whether a colon separates the reference from the text: `decline ESC-5: …`."""
    head = ask.said.strip()[: len(ask.said.strip()) - len(ask.words)]
    named_behind = bool(first_word(head)[1])
    return ask.named is not None and named_behind and colon_before(ask.said, ask.words)
