"""The opening form is drawn anew after many choices: it forgets none of them, in any order."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.visibility import Tier
from bot.domain.controls import Field
from bot.domain.ids import TeamKey
from bot.domain.incidents.severity import Severity
from bot.policy import Policy
from bot.render import forms
from bot.render.forms.aside import LONGEST_METADATA, NOTHING, Aside, packed, unpacked
from bot.render.wording import Wording
from handlers.forms.fields import Fields
from handlers.forms.opening_form import draft_from, redrawn
from playground.state import elements
from tests.handlers.modals import block_of, choose, opening_form
from tests.handlers.stage import Stage

LINK = "https://harbour.slack.example/archives/C0GENERAL/p1"
STANDARD, RESTRICTED, IDS_ONLY = "harassment", "sextortion", "suspected-csam"
Step = tuple[Field, Any]


TYPED: list[Step] = [
    (Field.TITLE, "Pile-on"),
    (Field.REFERENCES, "item-1"),
    (Field.SURFACE, "live"),
    (Field.MARKET, "SG"),
    (Field.SOURCE, "press"),
    (Field.TIER, "restricted"),
]
"""What changes nothing in the form, so that it is not drawn anew after it."""
CHOSEN: list[Step] = [
    (Field.CATEGORY, IDS_ONLY),
    (Field.CATEGORY, STANDARD),
    (Field.SEVERITY, "P1"),
    (Field.AFFECTED, ["minor"]),
    (Field.TEAMS, ["dpo"]),
]
"""What the form is drawn anew after."""


class Client:
    """A form as Slack shows it: inputs that keep their ids keep what was put in."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.view = forms.open_form(wording, subject=LINK)
        self.state = elements.initial_state(self.view["blocks"])

    @property
    def fields(self) -> Fields:
        return Fields({**self.view, "state": {"values": self.state}})

    def fill(self, field: Field, value: Any) -> None:
        """Put something in; where the form asks for it to be drawn anew, it is."""
        block_id = self.fields.block_of(field)
        block = next(one for one in self.view["blocks"] if one.get("block_id") == block_id)
        self.state[block["block_id"]][field] = entered(block["element"]["type"], value)
        if block["dispatch_action"]:
            self.view = redrawn(self.wording, self.fields.view)
            self.state = elements.carried_over(self.view["blocks"], self.state)

    def add_teams(self, teams: Sequence[str]) -> None:
        self.fill(Field.TEAMS, [*self.fields.all_chosen(Field.TEAMS), *teams])

    def drop_team(self, team: str) -> None:
        left = [one for one in self.fields.all_chosen(Field.TEAMS) if one != team]
        self.fill(Field.TEAMS, left)

    def shows(self, field: Field) -> bool:
        return self.fields.has(field)

    @property
    def teams(self) -> set[str]:
        return set(self.fields.all_chosen(Field.TEAMS))


def entered(kind: str, value: Any) -> dict[str, Any]:
    if kind == "plain_text_input":
        return {"type": kind, "value": value}
    if isinstance(value, str):
        return {"type": kind, "selected_option": {"value": value}}
    return {"type": kind, "selected_options": [{"value": each} for each in value]}


def filled_in(wording: Wording, steps: Sequence[Step]) -> Client:
    """Take the steps in this order; a field that is hidden is filled in once it is there."""
    client, later = Client(wording), list[Step]()
    for step in steps:
        later.append(step)
        while shown := next((one for one in later if client.shows(one[0])), None):
            later.remove(shown)
            field, value = shown
            client.add_teams(value) if field is Field.TEAMS else client.fill(field, value)
    assert later == []
    return client


def orders() -> Iterator[tuple[Step, ...]]:
    """Every order in which a category that takes references only comes before another."""
    ids_only, back = CHOSEN[:2]
    for order in permutations(CHOSEN):
        if order.index(ids_only) < order.index(back):
            yield order


def holds_everything(client: Client, policy: Policy) -> None:
    fields = client.fields
    assert {field: fields.text(field) for field, _ in TYPED[:2]} == dict(TYPED[:2])
    assert {field: fields.chosen(field) for field, _ in TYPED[2:]} == dict(TYPED[2:])
    assert fields.chosen(Field.TIER) == "restricted"
    assert fields.chosen(Field.SEVERITY) == "P1"
    assert fields.all_chosen(Field.AFFECTED) == ("minor",)
    severity = forms.effective_severity(
        client.wording,
        forms.Filled(severity=Severity.P1, category=STANDARD, affected=("minor",)),
    )
    assert severity is not None
    assert client.teams == {*policy.proposed_teams(STANDARD, severity), "dpo"}
    subject, aside = unpacked(client.view["private_metadata"])
    draft = draft_from(client.wording, fields, subject, aside)
    assert (draft.title, draft.tier, draft.permalink) == ("Pile-on", Tier.RESTRICTED, LINK)
    assert set(draft.teams or ()) == client.teams


@pytest.fixture
def small(policy: Policy, wording: Wording) -> Wording:
    """What is chosen from, and little else: a thousand forms are drawn."""
    few = [policy.categories[key] for key in (STANDARD, IDS_ONLY)]
    teams = {team for category in few for some in category.teams.values() for team in some}
    trimmed = replace(
        policy,
        categories={category.key: category for category in few},
        default_category=STANDARD,
        teams={key: policy.teams[key] for key in policy.teams if key in {*teams, "dpo"}},
        markets={"SG": "Singapore"},
        surfaces={"live": "Live"},
        sources={"press": "Press"},
        affected={"minor": "A minor"},
    )
    return Wording(trimmed, wording.words)


def test_every_order_of_choices_keeps_every_field(small: Wording, policy: Policy) -> None:
    for order in orders():
        holds_everything(filled_in(small, [*TYPED, *order]), policy)


@pytest.mark.parametrize("step", TYPED, ids=lambda step: step[0])
def test_a_field_keeps_what_was_put_in_at_any_moment(
    small: Wording, policy: Policy, step: Step
) -> None:
    others = [one for one in TYPED if one != step]
    for chosen in (CHOSEN, [*CHOSEN[2:], *CHOSEN[:2]]):
        for place in range(len(CHOSEN) + 1):
            steps = [*others, *chosen[:place], step, *chosen[place:]]
            holds_everything(filled_in(small, steps), policy)


@pytest.mark.parametrize("order", list(permutations([STANDARD, RESTRICTED, IDS_ONLY, "hate"])))
def test_a_tier_is_only_ever_tightened(wording: Wording, order: tuple[str, ...]) -> None:
    client = Client(wording)
    seen = [client.fields.chosen(Field.TIER)]
    for category in order:
        client.fill(Field.CATEGORY, category)
        seen.append(client.fields.chosen(Field.TIER))
    strictest = seen.index("restricted")
    assert seen == ["standard"] * strictest + ["restricted"] * (len(seen) - strictest)


def test_a_restricted_category_offers_nothing_more_open(wording: Wording) -> None:
    client = Client(wording)
    client.fill(Field.CATEGORY, RESTRICTED)
    block_id = client.fields.block_of(Field.TIER)
    block = next(one for one in client.view["blocks"] if one.get("block_id") == block_id)
    assert [option["value"] for option in block["element"]["options"]] == ["restricted"]


def test_a_choice_made_while_the_form_is_drawn_anew_stays(wording: Wording) -> None:
    """Somebody is quicker than our answer: the input keeps its id, so Slack keeps the choice."""
    client = Client(wording)
    client.fill(Field.CATEGORY, STANDARD)
    drawn = redrawn(wording, client.fields.view)
    client.fill(Field.TIER, "restricted")
    client.state = elements.carried_over(drawn["blocks"], client.state)
    assert Fields({**drawn, "state": {"values": client.state}}).chosen(Field.TIER) == "restricted"


def test_a_team_that_was_taken_out_stays_out_and_the_proposal_follows(
    wording: Wording, policy: Policy
) -> None:
    client = Client(wording)
    client.fill(Field.CATEGORY, STANDARD)
    client.fill(Field.SEVERITY, "P1")
    proposed = set(policy.proposed_teams(STANDARD, Severity.P1))
    assert "pr" in proposed
    client.drop_team("pr")
    client.add_teams(["dpo"])
    for severity in (Severity.P0, Severity.P3, Severity.P1):
        client.fill(Field.SEVERITY, severity.value)
        expected = {*policy.proposed_teams(STANDARD, severity), "dpo"} - {"pr"}
        assert client.teams == expected, severity
    client.add_teams(["pr"])
    client.drop_team("dpo")
    client.fill(Field.SEVERITY, "P0")
    assert client.teams == {*policy.proposed_teams(STANDARD, Severity.P0)}


def test_a_form_sent_before_its_proposal_arrived_keeps_the_persons_changes(
    wording: Wording, policy: Policy
) -> None:
    client = Client(wording)
    client.fill(Field.CATEGORY, STANDARD)
    client.fill(Field.SEVERITY, "P1")
    client.fill(Field.TITLE, "Pile-on")
    client.drop_team("pr")
    block = client.fields.block_of(Field.SEVERITY)
    client.state[block or ""][Field.SEVERITY] = entered("static_select", "P0")
    subject, aside = unpacked(client.view["private_metadata"])
    draft = draft_from(wording, client.fields, subject, aside)
    assert set(draft.teams or ()) == {*policy.proposed_teams(STANDARD, Severity.P0)} - {"pr"}


async def test_the_form_in_slack_keeps_its_fields_through_every_category(stage: Stage) -> None:
    await opening_form(stage)
    mei = stage.person("mei")
    block = block_of(mei.modal, "title")
    typed = {block: {"title": "Pile-on"}, "surface": {"surface": "live"}}
    assert (await mei.click_view("category", STANDARD, values=typed)).ok
    await stage.settled()
    tier = block_of(mei.modal, "tier")
    assert (await mei.click_view("severity", "P1", values={tier: {"tier": "restricted"}})).ok
    await stage.settled()
    await choose(stage, "category", IDS_ONLY)
    assert "Pile-on" not in str(mei.modal.blocks)
    view = await choose(stage, "category", "hate")
    assert view.state[block_of(view, "title")]["title"]["value"] == "Pile-on"
    assert (await mei.submit({})).ok
    [incident] = stage.incidents()
    found = (incident.title, incident.surface, incident.category, incident.tier)
    assert found == ("Pile-on", "live", "hate", Tier.RESTRICTED)


async def test_what_was_laid_aside_is_not_stored_with_references_only(stage: Stage) -> None:
    await opening_form(stage)
    mei = stage.person("mei")
    block = block_of(mei.modal, "title")
    assert (await mei.click_view("severity", "P0", values={block: {"title": "A name"}})).ok
    await stage.settled()
    view = await choose(stage, "category", IDS_ONLY)
    assert (await mei.submit({block_of(view, "references"): {"references": "item-1"}})).ok
    [incident] = stage.incidents()
    assert "A name" not in str([vars(incident), stage.details(incident.id).entries])


@given(st.text(), st.text(max_size=150), st.lists(st.text(min_size=1), max_size=50))
def test_what_is_laid_aside_comes_back(subject: str, title: str, affected: list[str]) -> None:
    aside = Aside(title=title, affected=tuple(affected), added=(TeamKey("pr"),))
    held = packed(subject[:500], aside)
    if len(held) < LONGEST_METADATA:
        assert unpacked(held) == (subject[:500], aside)
    assert len(packed(LINK, Aside(affected=("x" * 64,) * 100))) <= LONGEST_METADATA


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(list(asdict(NOTHING))), inner)
        ),
    )
)
def test_forged_metadata_is_never_an_error(value: Any) -> None:
    subject, aside = unpacked(json.dumps(value))
    assert isinstance(subject, str)
    assert all(isinstance(one, str) for one in (*aside.affected, *aside.added, *aside.removed))
