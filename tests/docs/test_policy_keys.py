"""Every key of the policy file is in the reference: under its table, needed or not."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from bot.policy import schema
from bot.policy.values import DSA_CATEGORIES, LONGEST_SENTENCE
from tests.docs.pages import row_of, rows, section

SECTIONS: dict[str, type[BaseModel]] = {
    "working_hours": schema.WorkingHoursSection,
    "on_duty": schema.OnDutySection,
    "roles": schema.RolesSection,
    "channel": schema.ChannelSection,
    "follow_up": schema.FollowUpSection,
    "fallback": schema.FallbackSection,
    "severity": schema.SeveritySection,
    "ladder": schema.LadderSection,
    "team": schema.TeamSection,
    "category": schema.CategorySection,
    "digest": schema.DigestSection,
}
LABELS = "Labels: surface, market, source, affected, action, precedent, root_cause"
ONE_OF_THEM = {"channels"}
"""A digest needs people or channels, which no single key says."""


def keys() -> Iterator[tuple[str, str, bool]]:
    for heading, model in SECTIONS.items():
        for key, field in model.model_fields.items():
            yield heading, key, field.is_required()
    for key, field in schema.StepSection.model_fields.items():
        yield "ladder", key, field.is_required()


def keys_of(row: list[str]) -> list[str]:
    """`weekday`, `at` and others share a row."""
    return [key.strip("`") for key in row[0].split(", ") if key.startswith("`")]


@pytest.mark.parametrize(("heading", "key", "needed"), [*keys()])
def test_a_key_has_a_row_that_says_whether_it_is_needed(
    heading: str, key: str, needed: bool
) -> None:
    found = [row for row in rows(section("policy", heading)) if key in keys_of(row)]
    assert len(found) == 1
    if rows(section("policy", heading))[0][1] == "needed" and key not in ONE_OF_THEM | {"people"}:
        assert found[0][1] == ("yes" if needed else "")


def test_a_table_of_the_file_has_a_section_or_a_row_among_the_labels() -> None:
    tables = schema.PolicyFile.model_fields
    labels = {key for row in rows(section("policy", LABELS)) for key in keys_of(row)}
    assert [name for name in tables if not section("policy", name) and name not in labels] == []


@pytest.mark.parametrize("category", sorted(DSA_CATEGORIES))
def test_a_statement_category_that_the_file_takes_is_listed(category: str) -> None:
    assert f"`{category}`" in section("policy", "category")


def test_the_longest_sentence_is_as_long_as_the_page_says() -> None:
    said = row_of(section("policy", "roles"), "`emergency`")
    assert f"at most {LONGEST_SENTENCE} characters" in said[-1]
