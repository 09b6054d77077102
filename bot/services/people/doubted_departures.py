"""Doubts Slack when a whole list of people counts as gone at once, and asks them all again.

A person who has left has a backup. If no one is left to stand in, the messages to all of them stay
wanted, and Slack is asked again until a responder has acknowledged.
"""

from bot.domain.act import Act
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import UNANSWERED, Ladder, PageState
from bot.policy import Policy
from bot.services.paging import on_call
from bot.services.unanswered import managers, managers_told
from bot.store.delivery import withdrawals
from bot.store.delivery.claims import Claimed
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables import PagingRun
from bot.store.transaction import Transaction


def ask_team_again(tx: Transaction, act: Act, claimed: Claimed) -> bool:
    """Send again the pages that Slack had refused for good, if the whole team counts as gone."""
    page = pages.page(tx, claimed.subject)
    run = pages.run(tx, page.run_id) if page else None
    if run is None or run.state not in UNANSWERED or not team_is_gone(tx, claimed, run):
        return False
    told = pages.pages_of_run(tx, run.id)
    refused = [one.id for one in told if one.state is PageState.UNREACHABLE]
    withdrawals.want_again(tx, refused, DeliveryKind.PAGE, act.now)
    return True


def ask_managers_again(tx: Transaction, policy: Policy, act: Act, claimed: Claimed) -> bool:
    """Tell operations too, and send the refused alerts again, if all in charge count as gone."""
    in_turn = {*policy.managers_on_duty, *policy.operations}
    if not in_turn <= people_and_groups.gone(tx, claimed.workspace, in_turn):
        return False
    managers.tell_all(tx, policy, act, claimed)
    withdrawals.want_again(tx, [claimed.subject], DeliveryKind.EXHAUSTED, act.now)
    managers_told.changed(tx, act, claimed.subject)
    return True


def team_is_gone(tx: Transaction, claimed: Claimed, run: PagingRun) -> bool:
    """Tell whether everyone on a run's ladder counts as gone, and not all are guests or bots."""
    everyone = Ladder.from_json(run.ladder).everyone
    return on_call.but_guests(tx, claimed.workspace, everyone) != () and (
        set(everyone) <= people_and_groups.gone(tx, claimed.workspace, everyone)
    )
