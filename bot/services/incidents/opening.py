"""Opens an incident. All that follows from it is stored in the same transaction."""

import re
from collections.abc import Iterable, Sequence

from bot.domain.access.rights import Deed, require
from bot.domain.access.visibility import strictest
from bot.domain.act import Act
from bot.domain.controls import LONGEST_NEEDS, LONGEST_TITLE
from bot.domain.errors import FormErrors
from bot.domain.ids import TeamKey, new_id
from bot.domain.incidents.codenames import codename
from bot.domain.incidents.entries import OpenedEntry
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.needs import Need, named
from bot.domain.incidents.results import Opened, OpeningDraft
from bot.domain.incidents.severity import suggested, worst
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.reasons import Occasion, Reason
from bot.domain.problems import Problem
from bot.domain.problems.names import NotACategory, NotATeam, NotInThePolicy
from bot.domain.problems.texts import (
    ItemIdsOnly,
    NeedsTooLong,
    NotAmongThePaged,
    NoTitle,
    ReferenceTooLong,
    TitleTooLong,
    TooManyReferences,
)
from bot.domain.text.showing import says
from bot.policy import Policy
from bot.services.access.identity import recognised
from bot.services.locked import LockedIncident
from bot.services.paging.starting import start_teams
from bot.services.views import head_of, team_row_of
from bot.store.access import participants
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.tables import Incident
from bot.store.tables.states import ChannelState
from bot.store.transaction import Transaction

LONGEST_REFERENCE = 500
MOST_REFERENCES = 20
# No address and no sentence: letters and digits, with a separator between two parts.
_ITEM_ID = re.compile(r"[A-Za-z0-9_#-]+([:/][A-Za-z0-9_#-]+)*")


def open_incident(db: Database, policy: Policy, act: Act, draft: OpeningDraft) -> Opened:
    """Store the incident, its timeline, the pages of its teams and all that becomes due.

    This sends nothing: the outbox rows commit with the rest. Raises FormErrors with every field
    that is wrong.
    """
    require(act, Deed.OPEN)
    draft = checked(policy, draft)
    with db.transaction(act) as tx:
        return _opened(tx, policy, act, draft)


def open_as(db: Database, policy: Policy, asking: Act, draft: OpeningDraft) -> Opened:
    """Open an incident for a person whose role is looked up in the same transaction.

    This ignores the role that `asking` carries. Raises Stranger, and stores nothing, if Slack has
    not told us of this person yet, or if they count as gone.
    """
    with db.transaction(asking) as tx:
        act = recognised(tx, policy, asking)
        require(act, Deed.OPEN)
        return _opened(tx, policy, act, checked(policy, draft))


def _opened(tx: Transaction, policy: Policy, act: Act, draft: OpeningDraft) -> Opened:
    """Store all of it; the draft has to be as the policy demands it."""
    incident = _new_incident(policy, act, draft)
    locked = LockedIncident(tx, act, incident, belongs=True, new=True)
    locked.record(
        OpenedEntry(
            title=draft.title,
            severity=incident.severity,
            category=draft.category,
            source=draft.source,
            tier=incident.tier,
            message=draft.permalink,
            incident=incident.id,
            workspace=incident.team_id,
            needs=incident.needs or None,
        )
    )
    locked.add(participants.first_seat(locked.id, act.user, act.now))
    reason = Reason(Occasion.OPENED, act.user, incident.severity)
    started = start_teams(locked, policy, list(dict.fromkeys(_whom(policy, draft))), reason)
    locked.post(DeliveryKind.CHANNEL_CREATE, f"room:{locked.id}")
    locked.expect_update()
    locked.put_down()
    return Opened(
        head=head_of(incident, act, invited=[act.user]),
        paged=tuple(team_row_of(run) for run in started if run.targets),
        unreachable_teams=tuple(run.team_name for run in started if not run.targets),
    )


def _whom(policy: Policy, draft: OpeningDraft) -> Sequence[TeamKey]:
    """Return the chosen teams, or the policy's proposal if there was no choice."""
    if draft.teams is not None:
        return policy.in_order(draft.teams)
    return policy.proposed_teams(draft.category, draft.severity)


def _new_incident(policy: Policy, act: Act, draft: OpeningDraft) -> Incident:
    """Return the new row; it gets its number when it is stored."""
    incident_id = new_id(act.now)
    severity = draft.severity
    return incident_rows.made(
        team_id=act.workspace.team_id,
        enterprise_id=act.workspace.enterprise_id,
        id=incident_id,
        number=0,
        title=draft.title,
        codename=codename(incident_id),
        tier=draft.tier,
        severity=severity,
        state=State.NEW,
        category=draft.category,
        surface=draft.surface,
        market=draft.market,
        source=draft.source,
        references=list(draft.references),
        affected=list(draft.affected),
        criteria=list(draft.criteria),
        needs=[need.to_json() for need in draft.needs],
        opened_by=act.user,
        opened_at=act.now,
        updated_at=act.now,
        update_every=int(policy.severities[severity].update_every.total_seconds()),
        room=ChannelState.WANTED,
        policy_digest=policy.digest,
    )


def checked(policy: Policy, draft: OpeningDraft) -> OpeningDraft:
    """Return the draft as the policy demands it: the severity only rises, the tier only tightens.

    A category that takes only references gets a neutral title and no needs. For suspected CSAM, no
    description is stored, whatever a person typed.
    """
    errors: dict[str, Problem] = {}
    title = " ".join(draft.title.split())
    if not says(title):
        errors["title"] = NoTitle()
    elif len(title) > LONGEST_TITLE:
        errors["title"] = TitleTooLong(len(title), LONGEST_TITLE)
    errors |= _not_in_the_policy(policy, draft)
    if len(draft.references) > MOST_REFERENCES:
        errors["references"] = TooManyReferences(MOST_REFERENCES)
    elif any(len(one) > LONGEST_REFERENCE for one in draft.references):
        errors["references"] = ReferenceTooLong(LONGEST_REFERENCE)
    elif _no_item_id(policy, draft):
        errors["references"] = ItemIdsOnly()
    errors |= too_long(draft.needs)
    if errors:
        raise FormErrors(errors)
    demanded = _as_policy_demands(policy, draft, title)
    unpaged = [team for team in named(demanded.needs) if team not in _whom(policy, demanded)]
    if unpaged:
        name = policy.teams[unpaged[0]].name
        raise FormErrors({"needs": NotAmongThePaged(name)})
    return demanded


def too_long(needs: Iterable[Need]) -> dict[str, Problem]:
    """Return an error for the field if the needs have too many characters in all."""
    length = sum(len(need.text) for need in needs)
    if length <= LONGEST_NEEDS:
        return {}
    return {"needs": NeedsTooLong(length, LONGEST_NEEDS)}


def _not_in_the_policy(policy: Policy, draft: OpeningDraft) -> dict[str, Problem]:
    errors: dict[str, Problem] = {}
    if draft.category not in policy.categories:
        errors["category"] = NotACategory(draft.category[:40])
    for name, value, known in (
        ("surface", draft.surface, policy.surfaces),
        ("market", draft.market, policy.markets),
        ("source", draft.source, policy.sources),
    ):
        if value is not None and value not in known:
            errors[name] = NotInThePolicy(value[:40])
    for name, codes, choices in (
        ("criteria", draft.criteria, policy.criteria_table()),
        ("affected", draft.affected, {**policy.affected, **policy.criteria_table()}),
    ):
        if unknown := [code for code in codes if code not in choices]:
            errors[name] = NotInThePolicy(unknown[0][:40])
    for team in draft.teams or ():
        if team not in policy.teams:
            errors["teams"] = NotATeam(team[:40])
    return errors


def _no_item_id(policy: Policy, draft: OpeningDraft) -> str | None:
    """Return the first reference that is more than an id, if the category takes ids only."""
    category = policy.categories.get(draft.category)
    if category is None or not category.references_only:
        return None
    return next((one for one in draft.references if not _ITEM_ID.fullmatch(one)), None)


def _as_policy_demands(policy: Policy, draft: OpeningDraft, title: str) -> OpeningDraft:
    category = policy.categories[draft.category]
    codes = (*draft.criteria, *draft.affected)
    severity = suggested(draft.severity, codes, policy.criteria_table())
    if category.least_severity is not None:
        severity = worst([severity, category.least_severity])
    return OpeningDraft(
        title=category.label if category.references_only else title,
        severity=severity,
        category=draft.category,
        surface=draft.surface,
        market=draft.market,
        source=draft.source,
        references=tuple(dict.fromkeys(draft.references)),
        affected=draft.affected,
        criteria=draft.criteria,
        teams=draft.teams,
        tier=strictest(draft.tier, category.tier),
        permalink=None if category.references_only else draft.permalink,
        needs=() if category.references_only else draft.needs,
    )
