"""Every message and view that the bot can send. The tests go through all of them."""

from collections.abc import Mapping

from bot.domain.incidents.results import WhichTask
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import InCharge, MovedCard, Notice
from bot.render.channels import channel_messages
from bot.render.incidents import answers, card, timeline
from bot.render.paging import page_messages
from tests.render.case import Case
from tests.render.incident_messages import CARDS, ERRORS, PAGES, SAID
from tests.render.other_messages import MESSAGES
from tests.render.some_views import VIEWS
from tests.render.views import (
    HOUR,
    MEI,
    NOW,
    PRIYA,
    a_head,
    a_masked_head,
    a_task,
    an_entry,
)

CONFIRMATIONS: Mapping[str, tuple[str, ...]] = {
    "acknowledged": ("reference", "team", "in_place"),
    "cannot_take": ("reference", "team", "paged", "waiting"),
    "assigned": ("reference", "person"),
    "state_changed": ("reference", "state"),
    "noted": ("reference",),
    "updated": ("reference", "due_at"),
    "task_added": ("reference", "assignee", "due_at", "zone", "text"),
    "reminder_done": (),
    "handed_over": ("reference", "to", "owns", "people"),
    "task_handed_over": ("person",),
    "decision_recorded": ("reference",),
    "resolved": ("reference", "follow_ups"),
    "closed": ("reference",),
    "reopened": ("reference", "withdrawn", "restored"),
    "ended": ("reference", "state", "withdrawn", "of"),
    "page_sent": ("reference", "team", "people", "in_person"),
    "paged_before": ("reference", "run"),
    "access_requested": ("reference",),
    "access_granted": ("reference", "person"),
    "access_kept": ("reference", "person", "admitted"),
    "access_refused": ("reference", "person", "by_hand"),
    "access_removed": ("reference", "person", "asked"),
    "snoozed": ("until",),
    "stopped": (),
    "channel": ("reference", "channel"),
    "no_channel": ("reference",),
    "archived_channel": ("reference",),
    "nowhere": (),
    "digest_sent": ("digest",),
    "digest_queued": ("digest",),
    "no_digest": (),
}
"""The values that each short confirmation in templates/en/answers.j2 needs."""

CASES: Mapping[str, Case] = {
    **{name: Case(page_messages.page, view) for name, view in PAGES.items()},
    **{name: Case(card.card, view) for name, view in CARDS.items()},
    "card, moved away": Case(card.moved, MovedCard(a_head())),
    "card, moved away, masked": Case(card.moved, MovedCard(a_masked_head())),
    **{
        f"notice, {kind.value}": Case(channel_messages.notice, Notice(a_head(), an_entry(kind)))
        for kind in EntryKind
    },
    **{
        f"notice, {kind.value}, nothing recorded": Case(
            channel_messages.notice, Notice(a_head(), an_entry(kind, {}))
        )
        for kind in EntryKind
    },
    "notice, next step": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.PAGED, {"name": "PR", "targets": ["U0DANIEL"], "round": 1, "step": 1}
            ),
        ),
    ),
    "notice, next step, late": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.PAGED,
                {
                    "name": "PR",
                    "targets": ["U0DANIEL"],
                    "round": 0,
                    "step": 1,
                    "late_since": "2026-11-23T11:00:00+00:00",
                },
            ),
        ),
    ),
    "notice, unreachable, tried again": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.UNREACHABLE,
                {"person": "U0DANIEL", "error": "user_not_found", "name": "PR", "again": True},
            ),
        ),
    ),
    "notice, exhausted, not everyone was paged": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.EXHAUSTED,
                {
                    "name": "PR",
                    "reached": ["U0SOFIA"],
                    "waiting": ["U0DANIEL"],
                    "doubted": ["U0TOM"],
                    "left": ["U0GUS"],
                },
            ),
        ),
    ),
    "notice, exhausted, one person": Case(
        channel_messages.notice,
        Notice(a_head(), an_entry(EntryKind.EXHAUSTED, {"team": "person:U0TOM", "name": "Tom"})),
    ),
    "notice, acknowledged, one person": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.ACKNOWLEDGED, {"team": "person:U0TOM", "name": "Tom"}, actor="U0TOM"
            ),
        ),
    ),
    "notice, exhausted, those in charge were told": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(EntryKind.EXHAUSTED, {"name": "PR", "reached": ["U0SOFIA"]}),
            in_charge=InCharge(told=(MEI, PRIYA)),
        ),
    ),
    "notice, exhausted, Slack takes nothing for those in charge": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(EntryKind.EXHAUSTED, {"name": "PR", "reached": ["U0SOFIA"]}),
            in_charge=InCharge(told=(MEI,), untold=(PRIYA,)),
        ),
    ),
    "notice, room failed": Case(
        channel_messages.notice,
        Notice(a_head(), an_entry(EntryKind.CHANNEL, {"error": "restricted_action"})),
    ),
    "notice, room out of reach": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(EntryKind.CHANNEL, {"channel": "C0ESC12", "error": "channel_out_of_reach"}),
        ),
    ),
    "notice, owner gone": Case(
        channel_messages.notice,
        Notice(a_head(), an_entry(EntryKind.OWNER, {"to": "U0PRIYA", "from": "U0TOM"})),
    ),
    "notice, handed to a team": Case(
        channel_messages.notice,
        Notice(a_head(), an_entry(EntryKind.HANDED_OVER, {"to_team": "pr", "summary": "yours"})),
    ),
    "notice, a task for oneself": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(EntryKind.TASK, {"assignee": "U0TOM", "text": "List them"}, actor="U0TOM"),
        ),
    ),
    "notice, paged by name": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.PAGED,
                {"team": "person:U0TOM", "name": "Tom", "targets": ["U0TOM"], "why": "look"},
            ),
        ),
    ),
    "notice, paged themselves": Case(
        channel_messages.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.PAGED,
                {"team": "person:U0TOM", "name": "Tom", "targets": ["U0TOM"]},
                actor="U0TOM",
            ),
        ),
    ),
    "said, a duplicate": Case(
        lambda wording, values: answers.said(wording, "answers", "ended", **values),
        {
            "reference": "ESC-12",
            "state": "duplicate",
            "withdrawn": 0,
            "of": "ESC-7",
            "unnamed": False,
            "open_to_all": False,
        },
    ),
    "said, acknowledged in the place of one person": Case(
        lambda wording, values: answers.said(wording, "answers", "acknowledged", **values),
        {"reference": "ESC-12", "team": "Tom", "in_place": True},
    ),
    "said, a duplicate of a restricted one": Case(
        lambda wording, values: answers.said(wording, "answers", "ended", **values),
        {
            "reference": "ESC-12",
            "state": "duplicate",
            "withdrawn": 0,
            "of": "ESC-7",
            "unnamed": True,
            "open_to_all": False,
        },
    ),
    "said, a duplicate of a restricted one, open to all": Case(
        lambda wording, values: answers.said(wording, "answers", "ended", **values),
        {
            "reference": "ESC-12",
            "state": "duplicate",
            "withdrawn": 0,
            "of": "ESC-7",
            "unnamed": True,
            "open_to_all": True,
        },
    ),
    "notice, late": Case(
        lambda wording, view: timeline.dated(
            wording, channel_messages.notice(wording, view), NOW - HOUR
        ),
        Notice(a_head(), an_entry(EntryKind.NOTE)),
    ),
    "notice, by the bot": Case(
        channel_messages.notice, Notice(a_head(), an_entry(EntryKind.STATE, actor="bot"))
    ),
    "notice, nothing to be done any more": Case(
        channel_messages.notice, Notice(a_head(), an_entry(EntryKind.EXHAUSTED), then=False)
    ),
    "notice, masked": Case(
        channel_messages.notice, Notice(a_masked_head(), an_entry(EntryKind.NOTE))
    ),
    "said, task_done": Case(
        lambda wording, task: answers.said(wording, "answers", "task_done", task=task), a_task()
    ),
    "said, task_done, masked": Case(
        lambda wording, task: answers.said(wording, "answers", "task_done", task=task),
        a_task(text=None, head=a_masked_head()),
    ),
    "which task is done": Case(
        answers.which_task,
        WhichTask("ESC-12", (a_task(due_at=NOW - HOUR), a_task(text="Call the school")), NOW),
    ),
    **{f"refused, {name}": Case(answers.refused, error) for name, error in ERRORS.items()},
    **{
        f"said, {block}": Case(
            lambda wording, values, block=block: answers.said(  # type: ignore[misc]
                wording, "answers", block, **values
            ),
            {name: SAID[name] for name in needed},
        )
        for block, needed in CONFIRMATIONS.items()
    },
    **MESSAGES,
    **VIEWS,
}
