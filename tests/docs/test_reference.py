"""Whatever a person can type, press, set or look up is in the reference, under its own name."""

import re

import pytest

from bot.domain.access.rights import NEEDS, ONLY_ONES_OWN, Deed, may
from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.controls import Button, Form, Shortcut
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.offers import TAKES
from bot.log.episodes import Episode as EpisodeState
from bot.render.text.templates import Templates
from handlers.commands.verb import Verb
from handlers.verbs import VERBS
from tests.docs import found_in_code, pages
from tests.docs.pages import DOCS, ROOT, reference, row_of, section, text

WORDS = Templates()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_has_a_section_with_its_usage_its_right_its_words_and_an_example(
    verb: Verb,
) -> None:
    said = section("verbs", verb.name)
    assert f"/escalate {WORDS.plain('verbs', f'{verb.name}_usage')}\n" in said
    assert f"- Who: {least_role(verb)}\n" in said
    assert f"- Example: `/escalate {WORDS.plain('verbs', f'{verb.name}_example')}`" in said
    assert [alias for alias in verb.aliases if f"`{alias}`" not in said] == []


def least_role(verb: Verb) -> str:
    return NEEDS[verb.deed].word if verb.deed else Role.VIEWER.word


def test_the_table_of_verbs_says_what_the_help_says() -> None:
    said = reference("verbs")
    listed = {verb.name: row_of(said, f"[`{verb.name}`](#{verb.name})") for verb in VERBS}
    assert {name: row[1:] for name, row in listed.items()} == {
        verb.name: [least_role(verb), WORDS.plain("verbs", verb.name)] for verb in VERBS
    }


@pytest.mark.parametrize("button", Button)
def test_a_button_has_a_row_with_its_label(button: Button) -> None:
    row = row_of(reference("buttons"), f"`{button.value}`")
    assert row[1:2] == [WORDS.plain("buttons", button.value)]


@pytest.mark.parametrize(("button", "deed"), [*TAKES.items()])
def test_a_button_of_the_card_names_the_least_role(button: Button, deed: Deed) -> None:
    assert re.split("[;,]", row_of(reference("buttons"), f"`{button.value}`")[-1])[0] == (
        NEEDS[deed].word
    )


@pytest.mark.parametrize("control", [*Form, *Shortcut])
def test_a_form_and_a_shortcut_have_a_row(control: Form | Shortcut) -> None:
    assert row_of(reference("buttons"), f"`{control.value}`")


@pytest.mark.parametrize("kind", EntryKind)
def test_a_kind_of_timeline_entry_has_a_row_with_all_of_its_data(kind: EntryKind) -> None:
    row = row_of(reference("timeline"), f"`{kind.value}`")
    assert row
    recorded = found_in_code.recorded_data(kind)
    assert sorted(key for key in recorded if f"`{key}`" not in row[1]) == []


@pytest.mark.parametrize("state", State)
def test_a_state_is_in_the_timeline_or_among_the_verbs(state: State) -> None:
    assert state.value in reference("timeline")


@pytest.mark.parametrize("kind", [*TimerKind, *DeliveryKind])
def test_a_kind_of_due_work_or_message_is_explained_and_is_a_label_of_a_metric(
    kind: TimerKind | DeliveryKind,
) -> None:
    assert f"`{kind.value}`" in text(DOCS / "delivery.md")
    assert f"`{kind.value}`" in section("http", "Metrics")


@pytest.mark.parametrize("deed", Deed)
def test_a_right_has_a_row_with_the_least_role_and_what_each_role_may(deed: Deed) -> None:
    row = row_of(section("roles-and-confidentiality", "Rights"), WORDS.plain("deeds", deed.value))
    assert row[1:] == [NEEDS[deed].word, *(cell(role, deed) for role in Role if role)]


def cell(role: Role, deed: Deed) -> str:
    """What the table says of it; tests/handlers/test_rights_matrix.py does it."""
    if deed in ONLY_ONES_OWN:
        return "own"
    if may(role, deed):
        return "yes"
    return "belongs" if may(role, deed, belongs=True) else "no"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NOBODY])
def test_a_role_has_a_row(role: Role) -> None:
    assert row_of(section("roles-and-confidentiality", "Roles"), f"`{role.word}`")


@pytest.mark.parametrize("tier", Tier)
def test_a_tier_has_a_row(tier: Tier) -> None:
    assert row_of(section("roles-and-confidentiality", "Tiers"), f"`{tier.value}`")


@pytest.mark.parametrize("variable", found_in_code.settings())
def test_a_setting_is_in_the_reference_the_readme_and_the_example(variable: str) -> None:
    assert row_of(reference("settings"), f"`{variable}`")
    assert row_of(text(ROOT / "README.md"), f"`{variable}`")
    assert f"{variable}=" in (ROOT / ".env.example").read_text(encoding="utf-8")


def test_the_settings_were_found_in_the_code() -> None:
    assert {"SLACK_BOT_TOKEN", "DATABASE_URL", "PORT"} <= set(found_in_code.settings())


@pytest.mark.parametrize("metric", found_in_code.metrics())
def test_a_metric_has_a_row_with_its_labels(metric: found_in_code.Metric) -> None:
    row = row_of(section("http", "Metrics"), f"`{metric.name}`")
    assert row[1:2] == [metric.type]
    assert [label for label in metric.labels if f"`{label}`" not in row[2]] == []


@pytest.mark.parametrize("route", found_in_code.routes())
def test_a_route_has_a_row(route: str) -> None:
    assert row_of(reference("http"), f"`{route}`")


@pytest.mark.parametrize("problem", found_in_code.readiness_problems())
def test_a_reason_for_a_red_readiness_has_a_row(problem: str) -> None:
    said = section("http", "When `/readyz` is red")
    assert any(problem.startswith(row[0]) for row in pages.rows(said)[1:])


@pytest.mark.parametrize("state", EpisodeState)
def test_a_state_that_the_log_tells_has_a_row(state: EpisodeState) -> None:
    said = section("settings", "Logs")
    assert any(state.value.begins.startswith(row[0]) for row in pages.rows(said)[1:])
