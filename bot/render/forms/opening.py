"""The form that opens an escalation. It proposes teams and shows who will be paged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import Option, OptionGroup

from bot.domain.access.visibility import Tier, strictest
from bot.domain.controls import LONGEST_NEEDS, LONGEST_TITLE, Field, Form
from bot.domain.ids import TeamKey
from bot.domain.incidents.results import Opened
from bot.domain.incidents.severity import Severity, worst
from bot.policy import Category
from bot.render.blocks import Block, context, section
from bot.render.forms import inputs
from bot.render.forms.aside import NOTHING, Aside, packed
from bot.render.forms.modal import asking, telling
from bot.render.forms.preview import preview
from bot.render.forms.unopened import unopened
from bot.render.incidents.answers import opened_blocks
from bot.render.text.fitting import whole
from bot.render.text.mrkdwn import Mrkdwn, cut
from bot.render.wording import Wording


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form holds so far. Keys are the policy's.

    `teams`: None means the teams that the policy proposes. `tier` is the person's choice; the
    category's tier overrides it if it is stricter. `changes` is how the person's teams differ from
    the policy's proposal. `severity` is the person's own choice; the form shows it only if nothing
    raises it. `drawn` is the suffix that the severity input's block_id has now.
    """

    title: str = ""
    severity: Severity | None = None
    category: str | None = None
    surface: str | None = None
    market: str | None = None
    source: str | None = None
    references: str = ""
    needs: str = ""
    affected: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    teams: tuple[TeamKey, ...] | None = None
    tier: Tier = Tier.STANDARD
    changes: Aside = NOTHING
    drawn: str = ""


def open_form(wording: Wording, filled: Filled | None = None, subject: str = "") -> dict[str, Any]:
    """The opening form, empty or filled. Show it again whenever a dispatching field changes.

    `subject` is the permalink of the escalated message, or empty. A category that takes references
    only has no title, surface, market, affected or needs fields. `private_metadata` keeps their
    values, and they come back with another category.
    """
    filled = filled or Filled()
    category = wording.policy.categories.get(filled.category or "")
    if category is not None and category.references_only:
        blocks = _ids_only(wording, shown(wording, filled), category)
        return asking(wording, Form.OPEN, packed(subject, _laid_aside(filled)), blocks)
    blocks = [
        *unopened(wording, filled.category, filled.severity, filled.needs, filled.teams),
        _title(wording, filled),
        *_what(wording, filled),
        *_whom(wording, filled),
        _needs(wording, filled),
        _references(wording, filled),
        *_described(wording, filled),
        _tier(wording, filled, category),
        *_stays_restricted(wording, filled, category),
    ]
    return asking(wording, Form.OPEN, packed(subject, filled.changes), blocks)


def shown(wording: Wording, filled: Filled) -> Filled:
    """Return the part of `filled` that the form shows and asks for."""
    category = wording.policy.categories.get(filled.category or "")
    if category is None or not category.references_only:
        return filled
    return replace(filled, title="", surface=None, market=None, affected=(), needs="")


def _laid_aside(filled: Filled) -> Aside:
    return replace(
        filled.changes,
        title=cut(filled.title, LONGEST_TITLE),
        surface=filled.surface,
        market=filled.market,
        affected=filled.affected,
        needs=cut(filled.needs, LONGEST_NEEDS),
    )


def opened_view(wording: Wording, view: Opened) -> dict[str, Any]:
    """What the form becomes once sent: the reference, and who is being paged."""
    return telling(wording, Form.OPENED, view.head.id, whole(opened_blocks(wording, view)))


def opening_view(wording: Wording) -> dict[str, Any]:
    """A modal to show at once when the result takes longer than Slack waits."""
    return telling(wording, Form.MESSAGE, "", [section(wording.say("forms", "opening"))])


def effective_severity(wording: Wording, filled: Filled) -> Severity | None:
    """The worst severity: chosen, or required by criteria, affected groups or the category."""
    table = wording.policy.criteria_table()
    category = wording.policy.categories.get(filled.category or "")
    codes = (*filled.criteria, *filled.affected)
    called = [table[code] for code in codes if code in table]
    called += [filled.severity] if filled.severity else []
    called += [category.least_severity] if category and category.least_severity else []
    return worst(called) if called else None


def proposal(wording: Wording, filled: Filled) -> tuple[TeamKey, ...] | None:
    """The teams that the policy proposes; None while it can't propose yet."""
    severity, category = effective_severity(wording, filled), filled.category
    if severity is None or category is None or category not in wording.policy.categories:
        return None
    return wording.policy.proposed_teams(category, severity)


def teams_to_page(wording: Wording, filled: Filled) -> tuple[TeamKey, ...] | None:
    """The person's choice, else the policy's proposal; None while it can't propose yet."""
    if filled.teams is not None:
        return wording.policy.in_order(filled.teams)
    return proposal(wording, filled)


def _ids_only(wording: Wording, filled: Filled, category: Category) -> list[Block]:
    warning = wording.say("forms", "references_only", category=category.label)
    return [
        section(warning),
        *_what(wording, filled),
        *_whom(wording, filled, ids_only=True),
        inputs.labelled(
            wording,
            Field.REFERENCES,
            inputs.typed(wording, Field.REFERENCES, initial=filled.references, multiline=True),
            hint="references_ids_hint",
        ),
        _source(wording, filled),
        _tier(wording, filled, category),
    ]


def _title(wording: Wording, filled: Filled) -> Block:
    element = inputs.typed(wording, Field.TITLE, initial=filled.title, longest=LONGEST_TITLE)
    return inputs.labelled(wording, Field.TITLE, element)


def _what(wording: Wording, filled: Filled) -> list[Block]:
    labels = {key: category.label for key, category in wording.policy.categories.items()}
    severities = [_severity_option(wording, severity) for severity in wording.policy.severities]
    severity = effective_severity(wording, filled)
    blocks: list[Block] = [
        inputs.labelled(
            wording,
            Field.CATEGORY,
            inputs.choice(wording, Field.CATEGORY, inputs.options(labels), filled.category),
            dispatch=True,
        ),
        inputs.labelled(
            wording,
            Field.SEVERITY,
            inputs.choice(
                wording, Field.SEVERITY, severities, severity.value if severity else None
            ),
            dispatch=True,
            since=_severity_since(filled, severity),
        ),
    ]
    groups = list(_criteria(wording))
    if groups:
        element = inputs.grouped_choices(wording, Field.CRITERIA, groups, filled.criteria)
        blocks.append(
            inputs.labelled(wording, Field.CRITERIA, element, optional=True, dispatch=True)
        )
    if severity is not filled.severity and severity is not None:
        blocks.append(context(_raised(wording, filled, severity)))
    return blocks


def _severity_since(filled: Filled, severity: Severity | None) -> str:
    """Name the input after the severity it shows and the person's own, if the two differ.

    A person may choose the overridden severity once more. Under an unchanged name, Slack would
    keep showing their choice, so the name then changes.
    """
    if severity is None or severity is filled.severity:
        return ""
    since = f"{severity}:{filled.severity or ''}"
    return f"{since}:again" if filled.drawn == since else since


def own_severity(shown: str | None, since: str) -> str | None:
    """Return the person's own choice: `shown`, unless the input still shows the raised severity."""
    raised_to, _, rest = since.partition(":")
    own = rest.removesuffix(":again")
    return own or None if since and shown == raised_to else shown


def _severity_option(wording: Wording, severity: Severity) -> Option:
    rule = wording.policy.severities[severity]
    return inputs.option(
        wording.plain("fields", "severity_option", rule=rule, now=False),
        severity.value,
        wording.plain("fields", "severity_description", rule=rule),
    )


def _criteria(wording: Wording) -> Iterator[OptionGroup]:
    for rule in wording.policy.severities.values():
        members = inputs.options(rule.criteria)
        if members:
            yield inputs.group(
                wording.plain("fields", "severity_option", rule=rule, now=False), members
            )


def _raised(wording: Wording, filled: Filled, severity: Severity) -> Mrkdwn:
    table = wording.policy.criteria_table()
    codes = dict.fromkeys((*filled.criteria, *filled.affected))
    causes = [code for code in codes if table.get(code) is severity]
    category = wording.policy.categories.get(filled.category or "")
    demands = category is not None and category.least_severity is severity
    return wording.say(
        "forms",
        "raised",
        severity=severity,
        criteria=wording.criteria(causes),
        category=category.label if category is not None and demands else "",
    )


def _whom(wording: Wording, filled: Filled, *, ids_only: bool = False) -> list[Block]:
    severity, chosen = effective_severity(wording, filled), teams_to_page(wording, filled)
    offered = inputs.options({key: team.name for key, team in wording.policy.teams.items()})
    element = inputs.choices(wording, Field.TEAMS, offered, chosen or ())
    since = f"{_known_category(wording, filled)}:{severity or ''}"
    blocks: list[Block] = [
        inputs.labelled(
            wording, Field.TEAMS, element, optional=True, dispatch=True, since=since.strip(":")
        )
    ]
    if severity is None or chosen is None or proposal(wording, filled) is None:
        return [*blocks, context(wording.say("forms", "preview_nothing_yet"))]
    if not chosen:
        return [*blocks, context(wording.say("forms", "preview_no_team"))]
    restricted = _is_restricted(wording, filled)
    return [
        *blocks,
        section(preview(wording, chosen, severity)),
        context(wording.say("forms", "preview_reads", restricted=restricted, ids_only=ids_only)),
    ]


def _needs(wording: Wording, filled: Filled) -> Block:
    element = inputs.typed(
        wording, Field.NEEDS, initial=filled.needs, longest=LONGEST_NEEDS, multiline=True
    )
    return inputs.labelled(wording, Field.NEEDS, element, optional=True)


def _references(wording: Wording, filled: Filled) -> Block:
    element = inputs.typed(wording, Field.REFERENCES, initial=filled.references, multiline=True)
    return inputs.labelled(wording, Field.REFERENCES, element, optional=True)


def _described(wording: Wording, filled: Filled) -> list[Block]:
    policy = wording.policy
    surfaces, markets = inputs.options(policy.surfaces), inputs.options(policy.markets)
    affected = inputs.options(policy.affected)
    return [
        inputs.labelled(
            wording,
            Field.SURFACE,
            inputs.choice(wording, Field.SURFACE, surfaces, filled.surface),
            optional=True,
        ),
        inputs.labelled(
            wording,
            Field.MARKET,
            inputs.choice(wording, Field.MARKET, markets, filled.market),
            optional=True,
        ),
        _source(wording, filled),
        inputs.labelled(
            wording,
            Field.AFFECTED,
            inputs.choices(wording, Field.AFFECTED, affected, filled.affected),
            optional=True,
            dispatch=True,
        ),
    ]


def _source(wording: Wording, filled: Filled) -> Block:
    element = inputs.choice(
        wording, Field.SOURCE, inputs.options(wording.policy.sources), filled.source
    )
    return inputs.labelled(wording, Field.SOURCE, element, optional=True)


def _tier(wording: Wording, filled: Filled, category: Category | None) -> Block:
    """Offer no tier that is less confidential than the category's.

    If the category demands none, the input keeps its id, so a choice that a person makes while
    the form is redrawn stays.
    """
    least = category.tier if category else Tier.STANDARD
    offered = [
        inputs.option(
            wording.plain("fields", f"tier_{tier.value}"),
            tier.value,
            wording.plain("fields", f"tier_{tier.value}_description"),
        )
        for tier in Tier
        if strictest(tier, least) is tier
    ]
    element = inputs.one_of_few(Field.TIER, offered, strictest(filled.tier, least).value)
    since = "" if least is Tier.STANDARD else least.value
    return inputs.labelled(wording, Field.TIER, element, dispatch=True, since=since)


def _is_restricted(wording: Wording, filled: Filled) -> bool:
    category = wording.policy.categories.get(filled.category or "")
    least = category.tier if category else Tier.STANDARD
    return strictest(filled.tier, least) is not Tier.STANDARD


def _stays_restricted(wording: Wording, filled: Filled, category: Category | None) -> list[Block]:
    """Say that the escalation stays restricted, if the person chose that and not the category."""
    if filled.tier is Tier.STANDARD or (category and category.tier is not Tier.STANDARD):
        return []
    return [context(wording.say("forms", "stays_restricted"))]


def _known_category(wording: Wording, filled: Filled) -> str:
    known = filled.category in wording.policy.categories
    return filled.category or "" if known else ""
