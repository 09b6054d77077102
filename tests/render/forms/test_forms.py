"""The forms: what they propose, preview, keep and ask."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.controls import LONGEST_TITLE, Button, Field, Form
from bot.domain.ids import TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.severity import Severity
from bot.policy import Category, load
from bot.render import forms
from bot.render.forms import Filled
from bot.render.incidents import answers
from bot.render.wording import Wording
from slack_rules import check_view
from tests.render.catalogue import CASES
from tests.render.other_messages import some_details
from tests.render.reading_blocks import action_ids, block_with, blocks_of, mrkdwn_texts
from tests.render.views import a_head, an_entry

CHOSEN = Filled(severity=Severity.P2, category="pile-on")
RAISED = replace(CHOSEN, criteria=("minor",))


def teams_in(view: dict[str, Any]) -> list[str]:
    element = block_with(view, Field.TEAMS)["element"]
    return [option["value"] for option in element.get("initial_options", [])]


def test_nothing_is_proposed_before_category_and_severity_are_chosen(wording: Wording) -> None:
    for filled in (Filled(), replace(CHOSEN, severity=None), replace(CHOSEN, category=None)):
        assert teams_in(forms.open_form(wording, filled)) == []
    assert "Choose a category" in "".join(mrkdwn_texts(forms.open_form(wording)))


def test_category_and_severity_propose_the_teams(wording: Wording) -> None:
    assert teams_in(forms.open_form(wording, CHOSEN)) == ["legal"]


def test_a_criterion_raises_the_severity_and_brings_in_more_teams(wording: Wording) -> None:
    view = forms.open_form(wording, RAISED)
    assert forms.effective_severity(wording, RAISED) is Severity.P1
    assert teams_in(view) == ["legal", "pr"]
    assert "opened as *P1*, because of: A minor is targeted" in "".join(mrkdwn_texts(view))


def test_a_criterion_never_lowers_the_severity(wording: Wording) -> None:
    filled = Filled(severity=Severity.P1, category="pile-on", criteria=("trend",))
    assert forms.effective_severity(wording, filled) is Severity.P1


def test_a_category_can_demand_a_severity(wording: Wording) -> None:
    filled = Filled(severity=Severity.P3, category="suspected-csam")
    assert forms.effective_severity(wording, filled) is Severity.P0


def test_the_persons_own_choice_of_teams_stands(wording: Wording) -> None:
    filled = replace(RAISED, teams=(TeamKey("pr"), TeamKey("gone")))
    assert teams_in(forms.open_form(wording, filled)) == ["pr"]


def test_the_preview_says_who_is_paged_and_when(wording: Wording) -> None:
    said = "".join(mrkdwn_texts(forms.open_form(wording, RAISED)))
    assert "*Legal* — now <@U0PRIYA>; after 5 min <@U0TOM>; then the whole list once more" in said


def test_slack_forgets_the_teams_only_when_the_proposal_changes(wording: Wording) -> None:
    def block_id(filled: Filled) -> str:
        return str(block_with(forms.open_form(wording, filled), Field.TEAMS)["block_id"])

    assert block_id(CHOSEN) == block_id(replace(CHOSEN, teams=(TeamKey("pr"),), title="x"))
    assert block_id(CHOSEN) != block_id(RAISED)
    assert forms.field_of(block_id(RAISED)) == Field.TEAMS


def test_every_input_is_named_after_its_field(wording: Wording) -> None:
    for name, locked in CASES.items():
        view = locked(wording)
        for block in blocks_of(view):
            if block["type"] == "input":
                field = forms.field_of(block["block_id"])
                assert field in set(Field), name
                assert block["element"]["action_id"] == field, name


def test_references_only_asks_for_ids_and_warns(wording: Wording) -> None:
    view = forms.open_form(wording, Filled(severity=Severity.P0, category="suspected-csam"))
    asked = action_ids(view)
    assert not asked & {Field.TITLE, Field.SURFACE, Field.MARKET, Field.AFFECTED}
    assert "item IDs only" in "".join(mrkdwn_texts(view))
    tier = block_with(view, Field.TIER)["element"]["initial_option"]["value"]
    assert tier == Tier.RESTRICTED


def test_a_permalink_stays_with_the_form(wording: Wording) -> None:
    view = forms.open_form(wording, Filled(), "https://example.slack.com/archives/C0/p1")
    assert view["private_metadata"] == "https://example.slack.com/archives/C0/p1"


def test_a_large_policy_still_makes_a_form(wording: Wording) -> None:
    [some, *_] = wording.policy.categories.values()
    categories: dict[str, Category] = {f"c{n}": replace(some, label="&" * 75) for n in range(130)}
    labels = {f"k{n}": "ü" * 75 for n in range(130)}
    policy = replace(wording.policy, categories=categories, surfaces=labels, actions=labels)
    large = Wording(policy, wording.words)
    assert check_view(forms.open_form(large, Filled(severity=Severity.P1, category="c1"))) == []
    assert check_view(forms.decision_form(large, "01INCIDENT")) == []


def test_the_shipped_policy_makes_a_form_for_every_category(wording: Wording) -> None:
    shipped = Wording(load(Path(__file__).parents[3] / "escalation.toml"), wording.words)
    for category in shipped.policy.categories:
        for severity in Severity:
            view = forms.open_form(shipped, Filled(severity=severity, category=category))
            assert check_view(view) == [], category


def test_status_offers_the_legal_moves_that_have_no_form_of_their_own(wording: Wording) -> None:
    view = forms.status_form(wording, "01INCIDENT", a_head(state=State.NEW))
    element = block_with(view, Field.STATE)["element"]
    values = [option["value"] for option in element["options"]]
    assert values[0] == State.NEW == element["initial_option"]["value"]
    assert State.DECLINED in values
    assert State.RESOLVED not in values


def test_an_update_must_be_written_where_one_was_asked_for(wording: Wording) -> None:
    head = a_head()
    asked = forms.status_form(wording, "01INCIDENT", head, note_needed=True)
    assert block_with(asked, Field.NOTE)["optional"] is False
    assert (
        block_with(forms.status_form(wording, "01INCIDENT", head), Field.NOTE)["optional"] is True
    )


def test_all_follow_ups_are_ticked_for_the_owner(wording: Wording) -> None:
    view = forms.resolve_form(wording, "01INCIDENT", a_head())
    element = block_with(view, Field.FOLLOW_UPS)["element"]
    assert [option["value"] for option in element["initial_options"]] == ["1", "7", "30"]
    assert block_with(view, Field.OWNER)["element"]["initial_user"] == "U0MEI"


def test_a_long_timeline_keeps_the_newest_and_counts_the_rest(wording: Wording) -> None:
    [first, *_] = some_details().entries
    entries = tuple(
        an_entry(first.kind, {"title": f"entry {n}. " + "ü" * 300}) for n in range(1_000)
    )
    view = forms.timeline_view(wording, some_details(entries=entries, more_entries=5))
    said = "\n".join(mrkdwn_texts(view))
    assert check_view(view) == []
    assert "entry 999." in said
    assert "entry 1." not in said
    shown = said.count("opened this escalation")
    assert f"{1_005 - shown} earlier entries" in said


@pytest.mark.parametrize(("entries", "in_each"), [(25, 1), (80, 1), (81, 2), (400, 5)])
def test_the_entries_of_a_timeline_stand_equally_far_apart(
    wording: Wording, entries: int, in_each: int
) -> None:
    [first, *_] = some_details().entries
    view = forms.timeline_view(wording, some_details(entries=(first,) * entries, more_entries=0))
    told = [text.count("opened this") for text in mrkdwn_texts(view) if "opened this" in text]
    assert sum(told) == entries
    assert set(told[:-1]) == {in_each}
    assert check_view(view) == []


def test_the_preview_says_what_the_people_paged_read(wording: Wording) -> None:
    filled = CHOSEN
    open_to_all = str(forms.open_form(wording, filled))
    assert (
        "with the title, what you need from them, the category, severity, surface and market"
        in open_to_all
    )
    assert "does not require Restricted" not in open_to_all
    restricted = str(forms.open_form(wording, replace(filled, tier=Tier.RESTRICTED)))
    assert "with a codename, the severity and your name" in restricted
    assert "with the title" not in restricted
    assert "This category does not require Restricted." in restricted
    ids_only = str(
        forms.open_form(wording, Filled(severity=Severity.P0, category="suspected-csam"))
    )
    assert "with a codename, the severity and your name" in ids_only
    assert "with the category" not in ids_only


def test_a_title_that_was_typed_is_not_cut_in_the_form(wording: Wording) -> None:
    """What a command takes, the form takes too."""
    view = forms.open_form(wording, replace(CHOSEN, title="x" * LONGEST_TITLE))
    element = block_with(view, Field.TITLE)["element"]
    assert element["initial_value"] == "x" * LONGEST_TITLE
    assert element["max_length"] == LONGEST_TITLE


def test_what_leaves_a_modal_is_never_called_like_what_ends_something(wording: Wording) -> None:
    ends = {wording.plain("buttons", name.value) for name in (Button.CLOSE, Button.TASK_DONE)}
    cancels = wording.plain("buttons", Button.REMINDER_CANCEL.value)
    for locked in CASES.values():
        view = locked(wording)
        if not isinstance(view, dict) or "close" not in view:
            continue
        leave = view["close"]["text"]
        assert leave not in ends
        assert leave != cancels or view["callback_id"] != Form.REMINDER


def test_a_dialog_with_nothing_to_send_is_left_with_ok(wording: Wording) -> None:
    """Whatever it says: the answer to *Resolve* names `/escalate close`."""
    views = [case(wording) for case in CASES.values()]
    resolved = answers.said(wording, "answers", "resolved", reference="ESC-12", follow_ups=2)
    views.append(forms.message_view(wording, resolved))
    telling = [view for view in views if isinstance(view, dict) and "submit" not in view]
    left = {(view["callback_id"], view["close"]["text"]) for view in telling if "close" in view}
    assert left >= {(form, "OK") for form in (Form.TIMELINE, Form.SHOW, Form.MESSAGE)}
    assert {button for _, button in left} == {"OK"}


def test_the_severity_that_it_has_is_marked_in_the_choice(wording: Wording) -> None:
    head = a_head()
    for view in (
        forms.severity_form(wording, "01SUBJECT", head),
        forms.raise_form(wording, "01SUBJECT", head, Severity.P0, "", ()),
    ):
        options = block_with(view, Field.SEVERITY)["element"]["options"]
        marked = [one["value"] for one in options if "(current)" in one["text"]["text"]]
        assert marked == [head.severity]


def test_teams_stand_in_the_policys_order_however_they_were_chosen(wording: Wording) -> None:
    known = list(wording.policy.teams)
    chosen = replace(CHOSEN, teams=tuple(reversed(known)))
    assert forms.teams_to_page(wording, chosen) == tuple(known)
