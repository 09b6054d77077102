"""One vocabulary in all that a person reads: the sentences that it is measured by."""

import re
from dataclasses import replace

import pytest

from bot.domain.digests.figures import Figure
from bot.domain.errors import IllegalMove, NothingToAcknowledge, ReasonNeeded
from bot.domain.incidents.lifecycle import State, parse_state, shown
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import Listing, Notice
from bot.render.channels import channel_messages
from bot.render.incidents import answers, card
from bot.render.text.templates import TEMPLATES
from bot.render.wording import Wording
from tests.render.catalogue import CASES
from tests.render.reading_blocks import all_texts, mrkdwn_texts
from tests.render.views import NOW, a_head, an_entry
from tests.render.views import a_card as card_of


def said(wording: Wording, kind: EntryKind, **data: object) -> str:
    return channel_messages.notice(
        wording, Notice(a_head(), an_entry(kind, data, actor="U0MEI"))
    ).text


def test_no_example_names_a_day_that_will_be_over() -> None:
    said = "".join(path.read_text() for path in TEMPLATES.rglob("*.j2"))
    assert re.findall(r"\b20\d\d-\d\d-\d\d\b", said) == []


def test_a_state_has_one_name_in_every_text(wording: Wording) -> None:
    assert shown("reviewed") == "closed after review"
    head = a_head(state=State.REVIEWED, update_due_at=None)
    texts = [
        *all_texts(card.card(wording, card_of(head=head))),
        *all_texts(answers.listing(wording, Listing("ended", (head,), NOW, 1))),
        answers.refusal(wording, IllegalMove("ESC-12", "resolved", "new", ("reviewed",))),
        answers.refusal(wording, IllegalMove("ESC-12", "reviewed", "new", ("reopened",))),
    ]
    assert [text for text in texts if "reviewed" in text] == []
    assert sum("closed after review" in text for text in texts) >= 4


@pytest.mark.parametrize("name", CASES)
def test_no_message_calls_a_state_by_the_name_that_is_stored(wording: Wording, name: str) -> None:
    assert not [text for text in all_texts(CASES[name](wording)) if "_reviewed_" in text]


@pytest.mark.parametrize("state", State)
def test_the_name_that_is_shown_may_be_typed(state: State) -> None:
    for typed in (shown(state), state.key, shown(state).title(), state.value):
        assert parse_state(typed) is state


def test_who_closes_an_escalation_closed_it(wording: Wording) -> None:
    moved = {"from": "resolved", "to": "reviewed"}
    assert said(wording, EntryKind.STATE, **moved).endswith("<@U0MEI> closed it.")
    declined = {"from": "new", "to": "declined", "note": "spam"}
    assert "<@U0MEI> declined it:\n>spam" in said(wording, EntryKind.STATE, **declined)


def test_a_follow_up_is_named_once(wording: Wording) -> None:
    planned = {"assignee": "U0MEI", "text": "7-day follow-up", "follow_up": True}
    assert said(wording, EntryKind.TASK, **planned).endswith(
        "<@U0MEI> took on the 7-day follow-up."
    )
    withdrawn = said(wording, EntryKind.TASK_WITHDRAWN, **planned)
    assert withdrawn.endswith("<@U0MEI>'s 7-day follow-up was withdrawn.")


def test_a_person_without_a_page_reads_how_to_help(wording: Wording) -> None:
    refused = NothingToAcknowledge("ESC-46", reads=True, may_own=True)
    text = answers.refusal(wording, refused)
    assert text == (
        "No page waits for you in ESC-46. "
        "To help anyway, see where it stands: `/escalate show ESC-46`"
    )


@pytest.mark.parametrize(
    ("to", "asked"),
    [
        ("declined", "Add a reason to decline. For example: “handled by the ordinary queue”."),
        ("reopened", "Add a reason to reopen. For example: “the clips are back”."),
        (
            "P3",
            "Add a reason to lower the severity to P3. For example: “the threat was not credible”.",
        ),
    ],
)
def test_a_missing_reason_is_asked_for(wording: Wording, to: str, asked: str) -> None:
    assert answers.refusal(wording, ReasonNeeded(to)) == asked


def test_a_command_without_its_reason_is_offered_with_one(wording: Wording) -> None:
    refused = ReasonNeeded("declined", "decline", "decline ESC-46")
    assert answers.refusal(wording, refused) == (
        "Add a reason to decline. Nothing was declined. "
        "For example: `/escalate decline ESC-46 handled by the ordinary queue`"
    )


@pytest.mark.parametrize(
    ("about", "total", "heading"),
    [
        ("open", 6, "*6 open escalations*"),
        ("overdue", 1, "*1 overdue escalation*"),
        ("ended", 6, "*6 ended escalations*"),
        ("mine", 6, "*6 open escalations that involve you*"),
        ("P1", 6, "*6 open P1 escalations*"),
        ("team Legal", 6, "*6 open escalations that involve Legal*"),
        ("monitoring", 6, "*6 escalations in the state “monitoring”*"),
    ],
)
def test_a_list_says_what_it_counts(wording: Wording, about: str, total: int, heading: str) -> None:
    assert answers.listing(wording, Listing(about, (a_head(),), NOW, total)).text == heading


def test_the_digest_says_what_is_usual(wording: Wording) -> None:
    week = CASES["digest"]
    figures = replace(week.view, opened=Figure(6, 4.2, 9))
    assert any(
        "*6 opened* (usually 4)" in text for text in mrkdwn_texts(week.render(wording, figures))
    )


@pytest.mark.parametrize("typed", ["p0", "mine", "team legal", "open"])
def test_a_long_list_does_not_suggest_itself(wording: Wording, typed: str) -> None:
    view = Listing(typed, (a_head(),) * 20, NOW, 130, filter=typed)
    said = str(answers.listing(wording, view).blocks)
    assert "and 110 more" in said
    assert f"`/escalate list {typed}`" not in said
    ended = replace(view, about="ended", filter="", ended=True)
    assert "/escalate list" not in str(answers.listing(wording, ended).blocks)
    for empty in (replace(ended, heads=(), total=0), replace(view, heads=(), total=0)):
        only_mine = typed != "open" and not empty.ended
        assert ("`/escalate list open`" in str(answers.listing(wording, empty).blocks)) is only_mine
