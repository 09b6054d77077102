"""The Home tab: pages, tasks, reminders and escalations for one person."""

from datetime import datetime
from functools import partial

from bot.domain.access.rights import NEEDS, Deed
from bot.domain.access.visibility import Place
from bot.domain.act import Act, Role
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.followups.reminder_list import Reminders
from bot.domain.ids import new_id
from bot.domain.incidents.home import Home
from bot.domain.incidents.views import Head
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services import views
from bot.services.access.identity import identify
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.followups import reminders
from bot.services.incidents.lists import listed, overdue_in
from bot.services.paging.page_views import Around, page_message
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.delivery.claims import Claimed
from bot.store.delivery.outbox import Outgoing
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows, open_list
from bot.store.paging import pages

MOST_SHOWN = 20


def refresh(db: Database, act: Act) -> None:
    """Have the person's Home tab redrawn; several requests in a row become one."""
    with db.transaction(act) as tx:
        outbox.enqueue(tx, act.workspace, act.now, [drawn_anew(act, act.user)])


def drawn_anew(act: Act, user: str) -> Outgoing:
    return Outgoing(
        kind=DeliveryKind.HOME,
        priority=Priority.CARD,
        lane=lanes.of_home_tab(user),
        subject=user,
        dedup_key=f"home:{user}:{new_id(act.now)}",
        merge_key=f"home:{act.workspace.team_id}:{user}",
        target=user,
    )


def home(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Content[Home]:
    act = identify(db, policy, claimed.workspace, claimed.subject, now)
    if act is None:
        return NothingToSay("this person is unknown")
    return MessageContent(home_of(db, act), person=claimed.subject, on_home=True)


def home_of(db: Database, act: Act) -> Home:
    """Gather a person's pages, tasks and incidents, and the open ones that they may see.

    A person who has become a guest gets an empty tab, which replaces what it showed before.
    """
    if act.kept_out:
        return Home(act.user, (), (), mine=(), open=(), now=act.now, may_open=False, kept_out=True)
    with db.reading() as tx:
        all_waiting = pages.waiting_for(tx, act.workspace, act.user)
        waiting = all_waiting[:MOST_SHOWN]
        runs = {run.id: run for run in pages.runs_of(tx, [page.incident_id for page in waiting])}
        tasks, tasks_in_all = tasks_and_reminders.open_tasks_for(
            tx, act.workspace, act.user, MOST_SHOWN
        )
        open_ones = partial(open_list.open_ones, tx, act.workspace, reader=act.user)
        mine, mine_in_all = open_ones(limit=MOST_SHOWN, mine=True)
        readable = act.role >= NEEDS[Deed.READ]
        others, total = open_ones(limit=MOST_SHOWN) if readable else ([], 0)
        about = incident_rows.get_many(
            tx, [*(page.incident_id for page in waiting), *(task.incident_id for task in tasks)]
        )
        shown = {row.id: row for row in (*about.values(), *mine, *others)}
        waits, reminders_in_all = reminders.waiting(tx, act, MOST_SHOWN)
        heads: dict[str, Head] = {head.id: head for head in listed(tx, act, shown.values())}
        return Home(
            reader=act.user,
            pages=tuple(
                page_message(page, runs[page.run_id], heads[page.incident_id], act.now, Around())
                for page in waiting
            ),
            tasks=tuple(views.task_line(task, heads[task.incident_id]) for task in tasks),
            mine=tuple(heads[row.id] for row in mine),
            open=tuple(heads[row.id] for row in others),
            now=act.now,
            total_pages=len(all_waiting),
            total_tasks=tasks_in_all,
            total_mine=mine_in_all,
            total_open=total,
            may_open=act.role >= NEEDS[Deed.OPEN],
            may_act=act.role is not Role.NOBODY,
            overdue_pages=overdue_in(tx, heads.values(), act.now),
            reminders=Reminders(reminders.lines(tx, act, waits, Place.LISTING), reminders_in_all),
        )
