"""Doubts Slack when a whole list of people counts as gone at once, and asks them all again.

A person who has left has a backup. If no one is left to stand in, the messages to all of them stay
wanted, and Slack is asked again until a responder has acknowledged.
"""

from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import UNANSWERED, Ladder, PageState
from bot.policy import Policy
from bot.services.delivery.results import At
from bot.services.paging import on_call
from bot.services.unanswered import managers
from bot.store.delivery import withdrawals
from bot.store.delivery.claims import Claimed
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables import PagingRun
from bot.store.transaction import Transaction


def no_one_is_left(tx: Transaction, policy: Policy, claimed: Claimed) -> bool:
    """Tell whether everyone who could hear of it instead counts as gone too."""
    if claimed.kind is DeliveryKind.PAGE:
        page = pages.page(tx, claimed.subject)
        run = pages.run(tx, page.run_id) if page else None
        return run is not None and run.state in UNANSWERED and team_is_gone(tx, claimed, run)
    if claimed.kind is DeliveryKind.EXHAUSTED:
        in_turn = {*policy.managers_on_duty, *policy.operations_fallback}
        return in_turn <= people_and_groups.gone(tx, claimed.workspace, in_turn)
    return False


def team_is_gone(tx: Transaction, claimed: Claimed, run: PagingRun) -> bool:
    """Tell whether everyone on a run's ladder counts as gone, and not all are guests or bots."""
    everyone = Ladder.from_json(run.ladder).everyone
    return on_call.but_guests(tx, claimed.workspace, everyone) != () and (
        set(everyone) <= people_and_groups.gone(tx, claimed.workspace, everyone)
    )


def ask_all_again(tx: Transaction, policy: Policy, claimed: Claimed, at: At) -> None:
    """Send again the messages to the others on the list that Slack had refused for good."""
    if claimed.kind is DeliveryKind.EXHAUSTED:
        managers.tell_all(tx, policy, claimed, at.now)
        withdrawals.want_again(tx, [claimed.subject], DeliveryKind.EXHAUSTED, at.now)
        return
    page = pages.page(tx, claimed.subject)
    told = pages.pages_of_run(tx, page.run_id) if page else []
    refused = [one.id for one in told if one.state is PageState.UNREACHABLE]
    withdrawals.want_again(tx, refused, DeliveryKind.PAGE, at.now)
