"""The opening form: drawn anew while it is filled in, and sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.controls import Field
from bot.domain.errors import FormErrors
from bot.domain.ids import TeamKey
from bot.domain.reading import Draft
from bot.domain.severity import Severity
from bot.domain.visibility import Tier
from bot.policy import Policy
from bot.render import forms
from bot.render.desk import Desk
from bot.services import opening
from handlers.views.fields import Fields
from handlers.views.sent import Became, Sent


def filled_in(fields: Fields, policy: Policy) -> forms.Filled:
    """Return what the form holds; a value that the policy does not know counts as not chosen."""
    category, severity = fields.chosen(Field.CATEGORY), fields.chosen(Field.SEVERITY)
    tier = fields.chosen(Field.TIER)
    return forms.Filled(
        title=fields.text(Field.TITLE),
        severity=Severity(severity) if severity in list(Severity) else None,
        category=category if category in policy.categories else None,
        surface=fields.chosen(Field.SURFACE),
        market=fields.chosen(Field.MARKET),
        source=fields.chosen(Field.SOURCE),
        references=fields.text(Field.REFERENCES),
        affected=fields.all_chosen(Field.AFFECTED),
        criteria=fields.all_chosen(Field.CRITERIA),
        teams=tuple(TeamKey(team) for team in fields.all_chosen(Field.TEAMS)),
        tier=Tier(tier) if tier in list(Tier) else None,
    )


def redrawn(desk: Desk, view: Mapping[str, Any], changed: str) -> dict[str, Any]:
    """Return the form after a choice: the proposal and the preview follow, the rest stays."""
    fields = Fields(view)
    filled = filled_in(fields, desk.policy)
    if changed != Field.TEAMS or not _proposal_is_current(desk, fields, filled):
        filled = replace(filled, teams=None)
    if changed == Field.CATEGORY:
        filled = replace(filled, tier=None)
    return forms.open_form(desk, filled, str(view.get("private_metadata") or ""))


async def open_it(sent: Sent) -> Became:
    draft = draft_from(sent.desk, sent.fields, sent.subject)
    opened = await sent.write(opening.open_incident, sent.policy, sent.act, draft)
    return forms.opened_view(sent.desk, opened)


def draft_from(desk: Desk, fields: Fields, permalink: str) -> Draft:
    """Read the form; raises FormErrors for what a client should not have let through."""
    filled = filled_in(fields, desk.policy)
    errors = {}
    if filled.category is None:
        errors[Field.CATEGORY.value] = desk.plain("listeners", "choose_category")
    if filled.severity is None:
        errors[Field.SEVERITY.value] = desk.plain("listeners", "choose_severity")
    if filled.category is None or filled.severity is None:
        raise FormErrors(errors)
    category = desk.policy.categories[filled.category]
    # Whoever sends the form before the proposal has arrived must not page nobody.
    current = _proposal_is_current(desk, fields, filled)
    return Draft(
        title=category.label if category.references_only else filled.title,
        severity=filled.severity,
        category=filled.category,
        surface=filled.surface,
        market=filled.market,
        source=filled.source,
        references=tuple(line.strip() for line in filled.references.splitlines() if line.strip()),
        affected=filled.affected,
        criteria=filled.criteria,
        teams=filled.teams if current else None,
        tier=filled.tier or Tier.STANDARD,
        permalink=permalink if permalink.startswith("https://") else None,
    )


def _proposal_is_current(desk: Desk, fields: Fields, filled: forms.Filled) -> bool:
    """Whether the teams were shown for the category and severity that are chosen now.

    The block_id of the teams says for which they were proposed.
    """
    now = forms.open_form(desk, replace(filled, teams=None))
    return fields.block_of(Field.TEAMS) == Fields(now).block_of(Field.TEAMS)
