"""The page: a direct message that asks one person for an acknowledgement."""

from functools import partial

from bot.domain.controls import Button
from bot.domain.incidents.views import Head
from bot.domain.paging.ladders import SAID_NO, UNANSWERED, PageState, RunState
from bot.domain.paging.page_messages import PageMessage
from bot.domain.paging.reasons import Reason, weightiest
from bot.render.blocks import Block, actions, button, context, fields, header, section
from bot.render.message import Message, message
from bot.render.text.fitting import Growing, Part, rows
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording


def page(wording: Wording, view: PageMessage) -> Message:
    """Show the facts and ask for an acknowledgement.

    Afterwards, the person who acknowledged keeps the facts while they work on the escalation.
    Anyone else sees only the outcome.
    """
    waiting = can_be_answered(view)
    text = wording.say("page_messages", "plain", page=view, waiting=waiting)
    if not waiting and not _kept(view):
        return message(text, _over(wording, view))
    blocks: list[Part] = [
        header(wording.plain("page_messages", "heading", page=view, waiting=waiting)),
        section(wording.say("page_messages", "about", page=view, waiting=waiting)),
        *([section(wording.say("page_messages", "needed", page=view))] if view.needed else []),
        *_facts(wording, view),
        _reasons(wording, view),
        _questions(wording, view),
    ]
    blocks += _question(wording, view) if waiting else [section(_outcome(wording, view))]
    blocks += (
        [context(wording.say("page_messages", "may_repeat", page=view))] if view.may_repeat else []
    )
    return message(text, blocks)


def can_be_answered(view: PageMessage) -> bool:
    """A page stays open until someone acknowledges it or the escalation ends.

    That includes the time after the last step.
    """
    waiting = view.state is PageState.WAITING and not view.ended
    return waiting and view.run_state in UNANSWERED


def _kept(view: PageMessage) -> bool:
    """Whether the reader acknowledged this very page and still works on the escalation."""
    acknowledged = view.state is PageState.ACKNOWLEDGED and view.responder == view.target
    return acknowledged and view.head.full and not view.handed_over and not view.ended


def _over(wording: Wording, view: PageMessage) -> list[Block]:
    """The outcome and a button to read on, in place of the question."""
    said = wording.say("page_messages", "over", page=view)
    show = button(wording, Button.SHOW, view.head.id) if view.head.full else None
    again = (
        [context(wording.say("page_messages", "may_repeat", page=view))] if view.may_repeat else []
    )
    return [section(Mrkdwn(f"{said}\n{_outcome(wording, view)}"), show), *again]


def channel_link(head: Head) -> Mrkdwn:
    """Link the channel. Slack shows its name only to people in the channel."""
    return Mrkdwn(f"<#{head.channel_id}>" if head.full and head.channel_id else "")


def _facts(wording: Wording, view: PageMessage) -> list[Block]:
    head = view.head
    opened = wording.say("page_messages", "opened", page=view)
    if not head.full:
        return fields([opened])
    category = wording.category(head.category)
    surface = wording.surface(head.surface)
    market = wording.market(head.market)
    severe = wording.aggravating(head.criteria, head.affected)
    said = [
        wording.say("page_messages", "severe", severe=severe) if severe else Mrkdwn(),
        wording.say("page_messages", "category", category=category) if category else Mrkdwn(),
        wording.say("page_messages", "surface", surface=surface) if surface else Mrkdwn(),
        wording.say("page_messages", "market", market=market) if market else Mrkdwn(),
        wording.say("page_messages", "references", head=head) if head.references else Mrkdwn(),
        opened,
    ]
    return fields(said)


def _reasons(wording: Wording, view: PageMessage) -> Growing:
    said = [section(_reason(wording, view, reason)) for reason in view.reasons]

    def draw(shown: int) -> list[Block]:
        kept = [said[place] for place in weightiest(view.reasons, shown)]
        left = len(said) - shown
        return [*kept, *([_more(wording, view, "reason", left)] if left else [])]

    return Growing(len(said), draw)


def _questions(wording: Wording, view: PageMessage) -> Growing:
    """The questions that were put to the people who handed the page over."""
    said = [
        [section(wording.say("page_messages", "question", page=view, reason=question))]
        for question in view.questions
    ]
    return rows(said, partial(_more, wording, view, "question"))


def _more(wording: Wording, view: PageMessage, what: str, left: int) -> Block:
    return context(wording.say("page_messages", "more", head=view.head, what=what, count=left))


def _reason(wording: Wording, view: PageMessage, reason: Reason) -> Mrkdwn:
    """Say why this person is paged. A masked escalation shows no one's words."""
    head = view.head
    return wording.say(
        "page_messages",
        f"because_{reason.occasion.name.lower()}",
        page=view,
        reason=reason,
        words=reason.words if head.full else "",
    )


def _question(wording: Wording, view: PageMessage) -> list[Block]:
    exhausted = view.run_state is RunState.EXHAUSTED
    asked = wording.say("page_messages", _asked(view), page=view)
    # No one comes after the ladder: a person can hand the page over, but not decline it.
    declined = [] if exhausted else [button(wording, Button.CANNOT_TAKE, view.page_id)]
    buttons = [
        button(wording, Button.ACKNOWLEDGE, view.page_id, "primary"),
        *declined,
        button(wording, Button.HAND_OVER, view.page_id),
        # On a restricted escalation, they see the channel once they have acknowledged.
        *([button(wording, Button.OPEN_CHANNEL, view.page_id)] if view.head.full else []),
    ]
    notes = ["what_it_means", *(["late"] if view.late else [])]
    said = [context(wording.say("page_messages", note, page=view)) for note in notes]
    return [section(asked), actions(buttons), *said]


def _asked(view: PageMessage) -> str:
    if view.run_state is RunState.EXHAUSTED:
        return "exhausted"
    return "went_by" if view.answer_by is None else "due"


def _outcome(wording: Wording, view: PageMessage) -> Mrkdwn:
    reason = view.reason if view.head.full else ""
    said = [
        wording.say(
            "page_messages", block, page=view, reason=reason, channel=channel_link(view.head)
        )
        for block in _outcomes(view)
    ]
    return Mrkdwn("\n".join(said))


def _outcomes(view: PageMessage) -> list[str]:
    """The texts for this person's answer and for the outcome of the run."""
    if view.responder == view.target:
        return ["acknowledged"]
    said = {PageState.DECLINED: ["declined"], PageState.UNREACHABLE: ["unreachable"]}
    return [*said.get(view.state, []), _outcome_of_run(view)]


def _outcome_of_run(view: PageMessage) -> str:
    if view.responder is not None:
        return "taken"
    if view.passed is not None:
        return "passed_on"
    if view.state is PageState.SUPERSEDED and view.asked_again:
        return "asked_again"
    if view.ended or view.run_state is RunState.CANCELLED:
        return "withdrawn"
    if view.state in SAID_NO:
        if view.run_state is RunState.EXHAUSTED:
            return "nobody_left"
        return "next_paged" if view.went_on else "others_asked"
    return "withdrawn"
