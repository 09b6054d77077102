"""Correcting what an incident is about, and making it restricted.

A tier is only ever tightened. What stands in Slack outside the incident's channel is then edited to
codename and reference; what cannot be edited is named to whoever did it.
"""

from dataclasses import dataclass
from typing import Any

from bot.domain.act import Act
from bot.domain.answers import Beyond, Corrected, Draft, WillPage
from bot.domain.duework import DeliveryKind
from bot.domain.errors import Already, BadInput, FormErrors, NothingToDo
from bot.domain.ids import UserId, reference
from bot.domain.lifecycle import OPEN
from bot.domain.needs import Need, named, needs_in, written
from bot.domain.paging import RunState
from bot.domain.problems.texts import NeverStandardAgain, NoNeedsHere, NotBeingPaged, NoTitleHere
from bot.domain.reach import gateway_of
from bot.domain.rights import Deed, require_tighten
from bot.domain.severity import Severity
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.domain.visibility import Tier, by_invitation, strictest
from bot.policy import Policy
from bot.services import by_hand, calling_off, duplicates, homes, rooms, severities
from bot.services.case import Case, take_up
from bot.services.opening import checked, too_long
from bot.services.standing import keep_true
from bot.store import incidents, pages, posted
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.store.tables import Delivery, Incident
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be otherwise; None leaves it as it is."""

    title: str | None = None
    category: str | None = None
    references: tuple[str, ...] | None = None
    tier: Tier | None = None
    needs: tuple[Need, ...] | None = None


def correct(
    db: Database, policy: Policy, act: Act, incident_id: str, wanted: Correction
) -> Corrected:
    """Change title, category, references, needs or tier; old and new stand on the timeline.

    A category can make it restricted and raise its severity, as when it is opened. Raises
    FormErrors for what the policy does not take, and NotPermitted where somebody makes it
    restricted who may not.
    """
    with (
        db.transaction(act) as tx,
        take_up(tx, act, incident_id, Deed.CORRECT, ended_too=True) as case,
    ):
        changes, least = _changes(policy, case.incident, wanted)
        changes |= _needs(case, policy, wanted, changes.get("category"))
        if not changes:
            _check_title(policy, case.incident, wanted)
            raise NothingToDo(case.reference, Already.AS_WANTED)
        if "tier" in changes:
            _check_tighten(case)
        _record(case, policy, changes)
        case.change(**changes, **_forgotten(policy, case.incident, changes))
        paged = _raise(case, policy, least)
        beyond = _tighten(case, policy) if "tier" in changes else ()
        keep_true(case, Change.WORDS)
        case.card_changed()
        open_to_all = case.incident.tier is Tier.STANDARD and "tier" not in changes
        title = str(changes.get("title", "")) if open_to_all else ""
        return Corrected(case.reference, tuple(changes), title, "tier" in changes, beyond, paged)


def _changes(
    policy: Policy, incident: Incident, wanted: Correction
) -> tuple[dict[str, Any], Severity]:
    """Return the values that differ, as the policy demands them, and the least severity."""
    if wanted.tier is not None and strictest(wanted.tier, incident.tier) is not wanted.tier:
        raise BadInput("tier", NeverStandardAgain())
    tier = wanted.tier or incident.tier
    if wanted == Correction(tier=wanted.tier):
        return ({"tier": tier} if tier is not incident.tier else {}), incident.severity
    draft = checked(
        policy,
        Draft(
            title=_title(policy, incident, wanted),
            severity=incident.severity,
            category=wanted.category or incident.category,
            references=tuple(
                incident.references if wanted.references is None else wanted.references
            ),
            tier=tier,
        ),
    )
    after: dict[str, Any] = {
        "title": draft.title,
        "category": draft.category,
        "references": list(draft.references),
        "tier": draft.tier,
    }
    return {k: v for k, v in after.items() if v != getattr(incident, k)}, draft.severity


def _needs(
    case: Case, policy: Policy, wanted: Correction, category: str | None
) -> dict[str, list[dict[str, Any]]]:
    """What is needed, where it differs. A line for a team that is not paged would reach no one."""
    now = tuple(map(Need.from_json, case.incident.needs or ()))
    if wanted.needs is None or wanted.needs == _as_written(policy, now):
        return {}
    rule = policy.categories.get(category or case.incident.category)
    if wanted.needs and rule is not None and rule.references_only:
        if category is not None:
            return {}  # What was needed is forgotten with this category, whatever the form held.
        raise FormErrors({"needs": NoNeedsHere(rule.label)})
    errors = too_long(wanted.needs)
    runs = pages.runs_of(case.tx, [case.id])
    over = case.incident.ended_at is not None
    paged = {run.team_key for run in runs if over or run.state is not RunState.CANCELLED}
    changed = tuple(need for need in wanted.needs if need not in now)
    unpaged = [team for team in named(changed) if team not in paged]
    if unpaged:
        name = policy.teams[unpaged[0]].name
        errors["needs"] = NotBeingPaged(name)
    if errors:
        commands = tuple(f"page {case.reference} {team} <why>" for team in unpaged)
        raise FormErrors(errors, commands)
    return {"needs": [need.to_json() for need in wanted.needs]}


def _as_written(policy: Policy, needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """What is read of the text that the form shows: sent unchanged, it changes nothing."""
    names = policy.team_names()
    shown = {key: team.name for key, team in policy.teams.items()}
    return needs_in(written(needs, names, shown), names).needs


def _title(policy: Policy, incident: Incident, wanted: Correction) -> str:
    """A title that only names the category goes with it."""
    if wanted.title is not None:
        return wanted.title
    was, to = (policy.categories.get(key or "") for key in (incident.category, wanted.category))
    if to is not None and was is not None and was.references_only:
        return to.label
    return incident.title


def _check_tighten(case: Case) -> None:
    incident, act = case.incident, case.act
    opened_at = incident.opened_at if act.user == incident.opened_by else None
    given = case.invited.get(act.user, False)
    owner = incident.owner
    require_tighten(act, owns=given and act.user == owner, opened_at=opened_at, owner=owner)


def _check_title(policy: Policy, incident: Incident, wanted: Correction) -> None:
    """Where a category takes no title, one that is asked for changes nothing."""
    category = policy.categories.get(wanted.category or incident.category)
    if wanted.title is not None and category is not None and category.references_only:
        raise BadInput("title", NoTitleHere(category.label))


def _record(case: Case, policy: Policy, changes: dict[str, Any]) -> None:
    """One entry for each field. Of suspected CSAM no description is kept, nor written once more."""
    category = policy.categories.get(changes.get("category", case.incident.category))
    ids_only = category is not None and category.references_only
    for field, to in changes.items():
        was = getattr(case.incident, field)
        kept = None if ids_only and field in ("title", "needs") else was
        told: dict[str, Any] = {"field": field, "from": kept, "to": to}
        case.record(EntryKind.EDITED, aloud=field in ("tier", "needs"), **told)


def _forgotten(policy: Policy, incident: Incident, changes: dict[str, Any]) -> dict[str, Any]:
    """Of suspected CSAM it is not shown either what was needed."""
    category = policy.categories.get(changes.get("category", incident.category))
    return {"needs": []} if category is not None and category.references_only else {}


def _raise(case: Case, policy: Policy, least: Severity) -> tuple[WillPage, ...]:
    incident = case.incident
    if incident.state not in OPEN or not least.worse_than(incident.severity):
        return ()
    category = policy.categories[incident.category]
    return severities.moved_to(case, policy, least, f"Category: {category.label}").paged


def _tighten(case: Case, policy: Policy) -> tuple[Beyond, ...]:
    """Have everything outside the incident's channel edited; return what cannot be."""
    tx, incident = case.tx, case.incident
    # Whoever did it could read it until now; they do not lose it by doing this.
    case.let_in(case.act.user)
    calling_off.withdraw_unvouched(case)
    gone = [_outside(row) for row in posted.outside_slack(tx, case.id)]
    left = rooms.leave_public_channel(case, policy)
    keep_true(case, Change.TIER)
    duplicates.hidden(case)
    drawn = posted.homes_since(tx, incident.team_id, incident.opened_at)
    case.send(*(homes.drawn_anew(case.act, user) for user in drawn))
    if left is None:
        by_hand.tell_of_strangers(case, policy)
        return tuple(gone)
    return (*gone, Beyond(channel=left))


def _outside(row: Delivery) -> Beyond:
    at = row.sent_at or row.created_at
    return Beyond(UserId(row.target or ""), gateway_of(str(row.args.get("way", ""))), at)


def not_edited(tx: Transaction, act: Act, claimed: Claimed, error: str) -> None:
    """Slack refuses an edit: where the message shows what is restricted by now, it is named to
    whoever made it so."""
    incident = incidents.lock(tx, claimed.incident_id) if claimed.incident_id else None
    tightened = incidents.tightened(tx, incident.id) if incident is not None else None
    if incident is None or tightened is None or not by_invitation(incident.tier):
        return
    where = _where(tx, claimed)
    if where is None or where.at is None or where.at >= tightened.at:
        return
    case = Case(tx, act, incident)
    case.tell(
        DeliveryKind.UNEDITED,
        tightened.actor,
        case.id,
        f"unedited:{claimed.subject}",
        about=reference(incident.number),
        person=where.person,
        channel=where.channel,
        posted_at=where.at.isoformat(),
        error=error,
    )
    case.put_down()


def _where(tx: Transaction, claimed: Claimed) -> Beyond | None:
    """Return where the message stands that an edit is about, and since when."""
    if claimed.kind is DeliveryKind.PAGE_UPDATE:
        page = pages.page(tx, claimed.subject)
        return Beyond(UserId(page.target), at=page.sent_at) if page is not None else None
    row = posted.get_many(tx, [claimed.subject]).get(claimed.subject)
    if row is None:
        return None
    person = UserId(row.target) if row.target else None
    return Beyond(person, at=row.sent_at, channel=None if person else row.slack_channel)
