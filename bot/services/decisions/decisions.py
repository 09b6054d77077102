"""Decisions: what was decided, on which clause, and why."""

from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.controls import LONGEST_VERSION
from bot.domain.errors import FormErrors
from bot.domain.ids import new_id
from bot.domain.incidents.entries import DecisionEntry
from bot.domain.incidents.results import NewDecision
from bot.domain.problems import Problem
from bot.domain.problems.names import NotAnAction
from bot.domain.problems.texts import ChooseAnAction, ChooseThePrecedent, FieldEmpty, FieldTooLong
from bot.policy import Policy
from bot.services.locked import lock_incident
from bot.store.database import Database
from bot.store.decisions import decisions

LONGEST = 3_000


def record_decision(
    db: Database, policy: Policy, act: Act, incident_id: str, decision: NewDecision
) -> str:
    """Record a decision; raises FormErrors with every field that is wrong."""
    _check(policy, decision)
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.DECIDE, ended_too=True) as locked,
    ):
        decision_id = new_id(act.now)
        taken = decision.trimmed()
        locked.add(
            decisions.new_decision(
                taken, decision_id=decision_id, incident_id=locked.id, by=act.user, at=act.now
            )
        )
        locked.record(DecisionEntry(decision=decision_id, taken=taken), aloud=True)
        if locked.incident.decided_at is None:
            locked.mark_decided(act.now)
        locked.card_changed()
        return locked.reference


def _check(policy: Policy, decision: NewDecision) -> None:
    errors: dict[str, Problem] = {}
    if not decision.actions:
        errors["actions"] = ChooseAnAction()
    elif unknown := [key for key in decision.actions if key not in policy.actions]:
        errors["actions"] = NotAnAction(unknown[0])
    if decision.precedent not in policy.precedents:
        errors["precedent"] = ChooseThePrecedent()
    for name, text, longest in (
        ("scope", decision.scope, LONGEST),
        ("clause", decision.clause, LONGEST),
        ("policy_version", decision.policy_version, LONGEST_VERSION),
        ("rationale", decision.rationale, LONGEST),
        ("dissent", decision.dissent, LONGEST),
    ):
        if name != "dissent" and not text.strip():
            errors[name] = FieldEmpty()
        elif len(text) > longest:
            errors[name] = FieldTooLong(len(text), longest)
    if errors:
        raise FormErrors(errors)
