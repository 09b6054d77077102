"""The form that opens an escalation: it proposes the teams and shows who will be paged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import Option, OptionGroup

from bot.domain.answers import Opened
from bot.domain.controls import LONGEST_NEEDS, LONGEST_TITLE, Field, Form
from bot.domain.ids import TeamKey
from bot.domain.severity import Severity, worst
from bot.domain.visibility import Tier, strictest
from bot.policy import Category
from bot.render.answers import opened_blocks
from bot.render.blocks import Block, context, section
from bot.render.desk import Desk
from bot.render.fitting import whole
from bot.render.forms import inputs
from bot.render.forms.aside import NOTHING, Aside, packed
from bot.render.forms.modal import asking, telling
from bot.render.forms.preview import preview
from bot.render.forms.unopened import unopened
from bot.render.mrkdwn import Mrkdwn, cut


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form holds so far; keys are the policy's.

    `teams` None means those that the policy proposes. `tier` is what the person chose: a stricter
    one of the category goes before it. `changes` is how the person's teams differ from those that
    the policy proposes. `severity` is the person's own choice, which the form shows only where
    nothing raises it; `drawn` is what its input is named after by now.
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


def open_form(desk: Desk, filled: Filled | None = None, subject: str = "") -> dict[str, Any]:
    """The opening form, empty or filled; show it again whenever a dispatching field changes.

    `subject` is the permalink of the message that is escalated, or empty. A category that takes
    references only has no title, surface, market or affected: what is not asked is not written.
    They are laid aside, and come back with another category.
    """
    filled = filled or Filled()
    category = desk.policy.categories.get(filled.category or "")
    if category is not None and category.references_only:
        blocks = _ids_only(desk, shown(desk, filled), category)
        return asking(desk, Form.OPEN, packed(subject, _laid_aside(filled)), blocks)
    blocks = [
        *unopened(desk, filled.category, filled.severity, filled.needs, filled.teams),
        _title(desk, filled),
        *_what(desk, filled),
        *_whom(desk, filled),
        _needs(desk, filled),
        _references(desk, filled),
        *_described(desk, filled),
        _tier(desk, filled, category),
        *_stays_restricted(desk, filled, category),
    ]
    return asking(desk, Form.OPEN, packed(subject, filled.changes), blocks)


def shown(desk: Desk, filled: Filled) -> Filled:
    """Return what the form shows and asks for of what it holds."""
    category = desk.policy.categories.get(filled.category or "")
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


def opened_view(desk: Desk, view: Opened) -> dict[str, Any]:
    """What the form becomes: the reference, and who is being paged."""
    return telling(desk, Form.OPENED, view.head.id, whole(opened_blocks(desk, view)))


def opening_view(desk: Desk) -> dict[str, Any]:
    """Shown at once where what is asked for takes longer than Slack waits."""
    return telling(desk, Form.MESSAGE, "", [section(desk.say("forms", "opening"))])


def effective_severity(desk: Desk, filled: Filled) -> Severity | None:
    """The worst of what was chosen, what criteria and those affected call for, and the category."""
    table = desk.policy.criteria_table()
    category = desk.policy.categories.get(filled.category or "")
    codes = (*filled.criteria, *filled.affected)
    called = [table[code] for code in codes if code in table]
    called += [filled.severity] if filled.severity else []
    called += [category.least_severity] if category and category.least_severity else []
    return worst(called) if called else None


def proposal(desk: Desk, filled: Filled) -> tuple[TeamKey, ...] | None:
    """The teams that the policy proposes; None while it can't propose yet."""
    severity, category = effective_severity(desk, filled), filled.category
    if severity is None or category is None or category not in desk.policy.categories:
        return None
    return desk.policy.proposed_teams(category, severity)


def teams_to_page(desk: Desk, filled: Filled) -> tuple[TeamKey, ...] | None:
    """The person's choice, else the policy's proposal; None while it can't propose yet."""
    if filled.teams is not None:
        return desk.policy.in_order(filled.teams)
    return proposal(desk, filled)


def _ids_only(desk: Desk, filled: Filled, category: Category) -> list[Block]:
    warning = desk.say("forms", "references_only", category=category.label)
    return [
        section(warning),
        *_what(desk, filled),
        *_whom(desk, filled, ids_only=True),
        inputs.labelled(
            desk,
            Field.REFERENCES,
            inputs.typed(desk, Field.REFERENCES, initial=filled.references, multiline=True),
            hint="references_ids_hint",
        ),
        _source(desk, filled),
        _tier(desk, filled, category),
    ]


def _title(desk: Desk, filled: Filled) -> Block:
    element = inputs.typed(desk, Field.TITLE, initial=filled.title, longest=LONGEST_TITLE)
    return inputs.labelled(desk, Field.TITLE, element)


def _what(desk: Desk, filled: Filled) -> list[Block]:
    labels = {key: category.label for key, category in desk.policy.categories.items()}
    severities = [_severity_option(desk, severity) for severity in desk.policy.severities]
    severity = effective_severity(desk, filled)
    blocks: list[Block] = [
        inputs.labelled(
            desk,
            Field.CATEGORY,
            inputs.choice(desk, Field.CATEGORY, inputs.options(labels), filled.category),
            dispatch=True,
        ),
        inputs.labelled(
            desk,
            Field.SEVERITY,
            inputs.choice(desk, Field.SEVERITY, severities, severity.value if severity else None),
            dispatch=True,
            since=_severity_since(filled, severity),
        ),
    ]
    groups = list(_criteria(desk))
    if groups:
        element = inputs.grouped_choices(desk, Field.CRITERIA, groups, filled.criteria)
        blocks.append(inputs.labelled(desk, Field.CRITERIA, element, optional=True, dispatch=True))
    if severity is not filled.severity and severity is not None:
        blocks.append(context(_raised(desk, filled, severity)))
    return blocks


def _severity_since(filled: Filled, severity: Severity | None) -> str:
    """Name the input after what it shows and what was chosen, where these differ.

    A person may choose once more what was raised before: with the name that it has now, Slack would
    go on showing their choice.
    """
    if severity is None or severity is filled.severity:
        return ""
    since = f"{severity}:{filled.severity or ''}"
    return f"{since}:again" if filled.drawn == since else since


def own_severity(shown: str | None, since: str) -> str | None:
    """Return what the person chose: what the input shows, unless it was drawn with another one."""
    raised_to, _, rest = since.partition(":")
    own = rest.removesuffix(":again")
    return own or None if since and shown == raised_to else shown


def _severity_option(desk: Desk, severity: Severity) -> Option:
    rule = desk.policy.severities[severity]
    return inputs.option(
        desk.plain("fields", "severity_option", rule=rule, now=False),
        severity.value,
        desk.plain("fields", "severity_description", rule=rule),
    )


def _criteria(desk: Desk) -> Iterator[OptionGroup]:
    for rule in desk.policy.severities.values():
        members = inputs.options(rule.criteria)
        if members:
            yield inputs.group(
                desk.plain("fields", "severity_option", rule=rule, now=False), members
            )


def _raised(desk: Desk, filled: Filled, severity: Severity) -> Mrkdwn:
    table = desk.policy.criteria_table()
    codes = dict.fromkeys((*filled.criteria, *filled.affected))
    causes = [code for code in codes if table.get(code) is severity]
    category = desk.policy.categories.get(filled.category or "")
    demands = category is not None and category.least_severity is severity
    return desk.say(
        "forms",
        "raised",
        severity=severity,
        criteria=desk.criteria(causes),
        category=category.label if category is not None and demands else "",
    )


def _whom(desk: Desk, filled: Filled, *, ids_only: bool = False) -> list[Block]:
    severity, chosen = effective_severity(desk, filled), teams_to_page(desk, filled)
    offered = inputs.options({key: team.name for key, team in desk.policy.teams.items()})
    element = inputs.choices(desk, Field.TEAMS, offered, chosen or ())
    since = f"{_known_category(desk, filled)}:{severity or ''}"
    blocks: list[Block] = [
        inputs.labelled(
            desk, Field.TEAMS, element, optional=True, dispatch=True, since=since.strip(":")
        )
    ]
    if severity is None or chosen is None or proposal(desk, filled) is None:
        return [*blocks, context(desk.say("forms", "preview_nothing_yet"))]
    if not chosen:
        return [*blocks, context(desk.say("forms", "preview_no_team"))]
    restricted = _is_restricted(desk, filled)
    return [
        *blocks,
        section(preview(desk, chosen, severity)),
        context(desk.say("forms", "preview_reads", restricted=restricted, ids_only=ids_only)),
    ]


def _needs(desk: Desk, filled: Filled) -> Block:
    element = inputs.typed(
        desk, Field.NEEDS, initial=filled.needs, longest=LONGEST_NEEDS, multiline=True
    )
    return inputs.labelled(desk, Field.NEEDS, element, optional=True)


def _references(desk: Desk, filled: Filled) -> Block:
    element = inputs.typed(desk, Field.REFERENCES, initial=filled.references, multiline=True)
    return inputs.labelled(desk, Field.REFERENCES, element, optional=True)


def _described(desk: Desk, filled: Filled) -> list[Block]:
    policy = desk.policy
    surfaces, markets = inputs.options(policy.surfaces), inputs.options(policy.markets)
    affected = inputs.options(policy.affected)
    return [
        inputs.labelled(
            desk,
            Field.SURFACE,
            inputs.choice(desk, Field.SURFACE, surfaces, filled.surface),
            optional=True,
        ),
        inputs.labelled(
            desk,
            Field.MARKET,
            inputs.choice(desk, Field.MARKET, markets, filled.market),
            optional=True,
        ),
        _source(desk, filled),
        inputs.labelled(
            desk,
            Field.AFFECTED,
            inputs.choices(desk, Field.AFFECTED, affected, filled.affected),
            optional=True,
            dispatch=True,
        ),
    ]


def _source(desk: Desk, filled: Filled) -> Block:
    element = inputs.choice(desk, Field.SOURCE, inputs.options(desk.policy.sources), filled.source)
    return inputs.labelled(desk, Field.SOURCE, element, optional=True)


def _tier(desk: Desk, filled: Filled, category: Category | None) -> Block:
    """Nothing less confidential than the category is offered.

    Where the category demands nothing, the input keeps its id: what a person chooses while the
    form is drawn anew stays chosen.
    """
    least = category.tier if category else Tier.STANDARD
    offered = [
        inputs.option(
            desk.plain("fields", f"tier_{tier.value}"),
            tier.value,
            desk.plain("fields", f"tier_{tier.value}_description"),
        )
        for tier in Tier
        if strictest(tier, least) is tier
    ]
    element = inputs.one_of_few(Field.TIER, offered, strictest(filled.tier, least).value)
    since = "" if least is Tier.STANDARD else least.value
    return inputs.labelled(desk, Field.TIER, element, dispatch=True, since=since)


def _is_restricted(desk: Desk, filled: Filled) -> bool:
    category = desk.policy.categories.get(filled.category or "")
    least = category.tier if category else Tier.STANDARD
    return strictest(filled.tier, least) is not Tier.STANDARD


def _stays_restricted(desk: Desk, filled: Filled, category: Category | None) -> list[Block]:
    """Say so where Restricted is chosen and the category does not ask for it."""
    if filled.tier is Tier.STANDARD or (category and category.tier is not Tier.STANDARD):
        return []
    return [context(desk.say("forms", "stays_restricted"))]


def _known_category(desk: Desk, filled: Filled) -> str:
    known = filled.category in desk.policy.categories
    return filled.category or "" if known else ""
