"""Correcting what an incident is about, and making it restricted.

A restricted incident never becomes standard again. Its messages in Slack outside its own channel
are edited to codename and reference. The person who restricted it is told of any that cannot be.
"""

from dataclasses import replace
from typing import TypeVar

from bot.domain.access.rights import Deed, require_tighten
from bot.domain.access.visibility import Tier, strictest
from bot.domain.act import Act
from bot.domain.delivery.message_args import read
from bot.domain.errors import Already, BadInput, FormErrors, NothingToDo
from bot.domain.fallback.ways import OutsideArgs, gateway_of
from bot.domain.ids import UserId
from bot.domain.incidents.entries import EditedEntry
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.incidents.needs import Need, named, needs_in, written
from bot.domain.incidents.results import (
    Beyond,
    Corrected,
    Correction,
    OpeningDraft,
    WillPage,
)
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import RunState
from bot.domain.problems.texts import NeverStandardAgain, NoNeedsHere, NotBeingPaged, NoTitleHere
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access import manual_joins
from bot.services.channels import channel
from bot.services.incidents import duplicates, home, severity_changes
from bot.services.incidents.opening import checked, too_long
from bot.services.locked import LockedIncident, lock_incident
from bot.services.paging import withdrawal
from bot.services.staleness import keep_true
from bot.store.database import Database
from bot.store.delivery import posted
from bot.store.paging import pages
from bot.store.tables import Delivery, Incident

_Value = TypeVar("_Value")


def correct(
    db: Database, policy: Policy, act: Act, incident_id: str, wanted: Correction
) -> Corrected:
    """Change title, category, references, needs or tier; the timeline keeps old and new values.

    A new category can make it restricted and raise its severity, as at the opening. Raises
    FormErrors for values that the policy does not allow, and NotPermitted if the person may not
    make it restricted.
    """
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.CORRECT, ended_too=True) as locked,
    ):
        changes, least = _changes(policy, locked.incident, wanted)
        changes = replace(changes, needs=_needs(locked, policy, wanted, changes.category))
        if not changes.fields:
            _check_title(policy, locked.incident, wanted)
            raise NothingToDo(locked.reference, Already.AS_WANTED)
        tightened = changes.tier is not None
        if tightened:
            _check_tighten(locked)
        ids_only = _takes_ids_only(policy, changes.category or locked.incident.category)
        _record(locked, changes, ids_only=ids_only)
        # For suspected CSAM, the needs are dropped as well.
        locked.correct(replace(changes, needs=()) if ids_only else changes)
        paged = _raise(locked, policy, least)
        beyond = _tighten(locked, policy) if tightened else ()
        keep_true(locked, Change.WORDS)
        locked.card_changed()
        open_to_all = locked.incident.tier is Tier.STANDARD and not tightened
        title = (changes.title or "") if open_to_all else ""
        return Corrected(locked.reference, changes.fields, title, tightened, beyond, paged)


def _changes(policy: Policy, incident: Incident, wanted: Correction) -> tuple[Correction, Severity]:
    """Return the values that differ, as the policy demands them, and the least severity."""
    if wanted.tier is not None and strictest(wanted.tier, incident.tier) is not wanted.tier:
        raise BadInput("tier", NeverStandardAgain())
    tier = wanted.tier or incident.tier
    if wanted == Correction(tier=wanted.tier):
        return Correction(tier=_new(tier, incident.tier)), incident.severity
    draft = checked(
        policy,
        OpeningDraft(
            title=_title(policy, incident, wanted),
            severity=incident.severity,
            category=wanted.category or incident.category,
            references=tuple(
                incident.references if wanted.references is None else wanted.references
            ),
            tier=tier,
        ),
    )
    changes = Correction(
        title=_new(draft.title, incident.title),
        category=_new(draft.category, incident.category),
        references=_new(draft.references, tuple(incident.references)),
        tier=_new(draft.tier, incident.tier),
    )
    return changes, draft.severity


def _new(to: _Value, was: _Value) -> _Value | None:
    return to if to != was else None


def _needs(
    locked: LockedIncident, policy: Policy, wanted: Correction, category: str | None
) -> tuple[Need, ...] | None:
    """Return the needs if they differ. A need for a team that is not paged would reach no one."""
    now = tuple(map(Need.from_json, locked.incident.needs or ()))
    if wanted.needs is None or wanted.needs == _as_written(policy, now):
        return None
    rule = policy.categories.get(category or locked.incident.category)
    if wanted.needs and rule is not None and rule.references_only:
        if category is not None:
            return None  # A category without needs drops them, whatever the form held.
        raise FormErrors({"needs": NoNeedsHere(rule.label)})
    errors = too_long(wanted.needs)
    runs = pages.runs_of(locked.tx, [locked.id])
    over = locked.incident.ended_at is not None
    paged = {run.team_key for run in runs if over or run.state is not RunState.CANCELLED}
    changed = tuple(need for need in wanted.needs if need not in now)
    unpaged = [team for team in named(changed) if team not in paged]
    if unpaged:
        name = policy.teams[unpaged[0]].name
        errors["needs"] = NotBeingPaged(name)
    if errors:
        commands = tuple(f"page {locked.reference} {team} <why>" for team in unpaged)
        raise FormErrors(errors, commands)
    return wanted.needs


def _as_written(policy: Policy, needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """Return the needs as read back from the form's text, so an unchanged form changes nothing."""
    names = policy.team_names()
    shown = {key: team.name for key, team in policy.teams.items()}
    return needs_in(written(needs, names, shown), names).needs


def _title(policy: Policy, incident: Incident, wanted: Correction) -> str:
    """Return the wanted title; for a title that is only the category's label, the new label."""
    if wanted.title is not None:
        return wanted.title
    was, to = (policy.categories.get(key or "") for key in (incident.category, wanted.category))
    if to is not None and was is not None and was.references_only:
        return to.label
    return incident.title


def _check_tighten(locked: LockedIncident) -> None:
    incident, act = locked.incident, locked.act
    opened_at = incident.opened_at if act.user == incident.opened_by else None
    given = locked.invited.get(act.user, False)
    owner = incident.owner
    require_tighten(act, owns=given and act.user == owner, opened_at=opened_at, owner=owner)


def _check_title(policy: Policy, incident: Incident, wanted: Correction) -> None:
    """Raise BadInput for a title in a category that takes none: it would change nothing."""
    category = policy.categories.get(wanted.category or incident.category)
    if wanted.title is not None and category is not None and category.references_only:
        raise BadInput("title", NoTitleHere(category.label))


def _takes_ids_only(policy: Policy, category: str) -> bool:
    rule = policy.categories.get(category)
    return rule is not None and rule.references_only


def _record(locked: LockedIncident, changes: Correction, *, ids_only: bool) -> None:
    """Record an entry for each field. For suspected CSAM, no description is kept or repeated."""
    for field in changes.fields:
        was = getattr(locked.incident, field)
        kept = None if ids_only and field in ("title", "needs") else was
        told = EditedEntry(field=field, from_=kept, to=_as_recorded(changes, field))
        locked.record(told, aloud=field in ("tier", "needs"))


def _as_recorded(changes: Correction, field: str) -> object:
    if field == "needs":
        return [need.to_json() for need in changes.needs or ()]
    to = getattr(changes, field)
    return list(to) if isinstance(to, tuple) else to


def _raise(locked: LockedIncident, policy: Policy, least: Severity) -> tuple[WillPage, ...]:
    incident = locked.incident
    if incident.state not in OPEN or not least.worse_than(incident.severity):
        return ()
    category = policy.categories[incident.category]
    return severity_changes.moved_to(locked, policy, least, f"Category: {category.label}").paged


def _tighten(locked: LockedIncident, policy: Policy) -> tuple[Beyond, ...]:
    """Have all messages outside the incident's channel edited; return those that cannot be."""
    tx, incident = locked.tx, locked.incident
    # The person who restricts it could read it until now, and keeps that right.
    locked.let_in(locked.act.user)
    withdrawal.withdraw_unvouched(locked)
    gone = [_outside(row) for row in posted.outside_slack(tx, locked.id)]
    left = channel.leave_public_channel(locked, policy)
    keep_true(locked, Change.TIER)
    duplicates.hidden(locked)
    drawn = posted.homes_since(tx, incident.team_id, incident.opened_at)
    locked.send(*(home.drawn_anew(locked.act, user) for user in drawn))
    if left is None:
        manual_joins.tell_of_strangers(locked, policy)
        return tuple(gone)
    return (*gone, Beyond(channel=left))


def _outside(row: Delivery) -> Beyond:
    at = row.sent_at or row.created_at
    return Beyond(UserId(row.target or ""), gateway_of(read(OutsideArgs, row.args).way), at)
