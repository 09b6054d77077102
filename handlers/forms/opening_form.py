"""The opening form: redraws it during input, and reads it when it is sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.access.visibility import Tier
from bot.domain.controls import Field
from bot.domain.errors import FormErrors
from bot.domain.ids import TeamKey
from bot.domain.incidents.needs import needs_in
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.domain.problems import Problem
from bot.domain.problems.texts import (
    ChooseACategory,
    ChooseASeverity,
    ChooseWhoMayRead,
    NeedsOfNoTeam,
)
from bot.policy import Policy
from bot.render import forms
from bot.render.forms.aside import NOTHING, Aside
from bot.render.wording import Wording
from bot.services.incidents import opening
from handlers.forms.fields import Fields
from handlers.forms.sent import Became, Sent


def filled_in(fields: Fields, policy: Policy, aside: Aside = NOTHING) -> forms.Filled:
    """Return the form's content. A value that the policy does not know counts as not chosen.

    `aside` has the fields that are hidden at the moment.
    """
    category, drawn = fields.chosen(Field.CATEGORY), fields.since(Field.SEVERITY)
    severity = forms.own_severity(fields.chosen(Field.SEVERITY), drawn)
    tier, shown = fields.chosen(Field.TIER), fields.has(Field.TITLE)
    return forms.Filled(
        title=fields.text(Field.TITLE) if shown else aside.title,
        severity=Severity(severity) if severity in list(Severity) else None,
        category=category if category in policy.categories else None,
        surface=fields.chosen(Field.SURFACE) if shown else aside.surface,
        market=fields.chosen(Field.MARKET) if shown else aside.market,
        source=fields.chosen(Field.SOURCE),
        references=fields.text(Field.REFERENCES),
        needs=fields.text(Field.NEEDS) if shown else aside.needs,
        affected=fields.all_chosen(Field.AFFECTED) if shown else aside.affected,
        criteria=fields.all_chosen(Field.CRITERIA),
        teams=tuple(TeamKey(team) for team in fields.all_chosen(Field.TEAMS)),
        tier=Tier(tier) if tier in list(Tier) else Tier.STANDARD,
        drawn=drawn,
    )


def redrawn(wording: Wording, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form after a choice. The proposal and the preview change, the rest stays."""
    subject, aside = forms.unpacked(str(view.get("private_metadata") or ""))
    filled = filled_in(Fields(view), wording.policy, aside)
    return forms.open_form(wording, _with_changes(wording, Fields(view), filled, aside), subject)


def _with_changes(
    wording: Wording, fields: Fields, filled: forms.Filled, aside: Aside
) -> forms.Filled:
    """Return the form with the teams proposed now, and the person's changes to them."""
    changes = aside.changed(_proposed_then(wording, fields), filled.teams or ())
    changes = Aside(added=changes.added, removed=changes.removed)
    if changes == NOTHING:
        return replace(filled, teams=None)
    proposed = forms.proposal(wording, forms.shown(wording, filled)) or ()
    return replace(filled, teams=changes.applied(proposed), changes=changes)


def _proposed_then(wording: Wording, fields: Fields) -> tuple[TeamKey, ...]:
    """Return the teams that were proposed when the form was drawn.

    The block_id of the teams contains the category and the severity of that time.
    """
    category, _, severity = fields.since(Field.TEAMS).partition(":")
    if category not in wording.policy.categories or severity not in list(Severity):
        return ()
    return wording.policy.proposed_teams(category, Severity(severity))


async def open_it(sent: Sent) -> Became:
    subject, aside = forms.unpacked(sent.subject)
    draft = draft_from(sent.wording, sent.fields, subject, aside)
    opened = await sent.write(opening.open_incident, sent.policy, sent.act, draft)
    return forms.opened_view(sent.wording, opened)


def draft_from(
    wording: Wording, fields: Fields, permalink: str, aside: Aside = NOTHING
) -> OpeningDraft:
    """Read the form. Raises FormErrors for values that a client should not have sent.

    Hidden fields were not asked for, so they are not written. The severity is the one that the form
    shows.
    """
    filled, shown = filled_in(fields, wording.policy), fields.chosen(Field.SEVERITY)
    if shown in list(Severity):
        filled = replace(filled, severity=Severity(shown))
    errors: dict[str, Problem] = {}
    if filled.category is None:
        errors[Field.CATEGORY.value] = ChooseACategory()
    if filled.severity is None:
        errors[Field.SEVERITY.value] = ChooseASeverity()
    if fields.chosen(Field.TIER) not in (None, *Tier):
        errors[Field.TIER.value] = ChooseWhoMayRead()
    read = needs_in(filled.needs, wording.policy.team_names())
    if read.unclear is not None:
        errors[Field.NEEDS.value] = NeedsOfNoTeam(read.unclear)
    if filled.category is None or filled.severity is None or errors:
        raise FormErrors(errors)
    severity, category = filled.severity, wording.policy.categories[filled.category]
    # A form sent before the proposal arrives must still page the teams.
    if not _proposal_is_current(wording, fields, filled):
        filled = _with_changes(wording, fields, filled, aside)
    return OpeningDraft(
        title=category.label if category.references_only else filled.title,
        severity=severity,
        category=category.key,
        surface=filled.surface,
        market=filled.market,
        source=filled.source,
        references=tuple(line.strip() for line in filled.references.splitlines() if line.strip()),
        affected=filled.affected,
        criteria=filled.criteria,
        teams=filled.teams,
        tier=filled.tier,
        permalink=permalink if permalink.startswith("https://") else None,
        needs=read.needs,
    )


def _proposal_is_current(wording: Wording, fields: Fields, filled: forms.Filled) -> bool:
    """Whether the teams shown belong to the category and severity chosen now.

    The block_id of the teams contains the category and severity of their proposal.
    """
    now = forms.open_form(wording, replace(filled, teams=None))
    return fields.block_of(Field.TEAMS) == Fields(now).block_of(Field.TEAMS)
