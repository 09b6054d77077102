"""The people who answer for an incident, and which of them may read it."""

from collections.abc import Callable, Collection

from bot.domain.act import Role
from bot.domain.followups.update_requests import Askable
from bot.domain.paging.ladders import RunState
from bot.policy import Policy
from bot.services.access.belonging import may_read, who_answers
from bot.store.paging import pages
from bot.store.tables import Incident
from bot.store.transaction import Transaction


def askable(
    tx: Transaction, policy: Policy, incident: Incident, invited: Collection[str]
) -> Askable:
    """Return who can be asked about an incident, whether or not they may read it."""
    # Only the last responder of each team: one who handed it over is not asked about it any more.
    newest = {
        run.team_key: (run.acked_at, run.responder)
        for run in pages.runs_of(tx, [incident.id])
        if run.state is RunState.ACKNOWLEDGED and run.acked_at and run.responder
    }
    return Askable(
        owner=incident.owner,
        responders=[responder for _, responder in sorted(newest.values())],
        managers=policy.managers_on_duty,
        longest=who_answers(incident, invited),
    )


def readers(
    incident: Incident, invited: Collection[str], kept_out: Callable[[str], bool]
) -> Callable[[str], bool]:
    """Return a predicate: may this person read all of an incident?"""

    def reads(user: str) -> bool:
        return may_read(incident, user, Role.VIEWER, invited, kept_out=kept_out(user))

    return reads
